//! Types that the macro does not know: what the code asks about them, and how it names the layers that they are.
//!
//! `Encoder` may be a network, `Scale` the name of a layer whose size follows from what comes in, `String` neither: only
//! rustc knows. So the code probes what kind of type it is and asks the question of that kind, about what comes in.
//!
//! A mistake in the answer makes *what comes in* wrong, and with it, without another word, all that follows. A question that
//! names the struct's own parameters cannot stand in a type. There it is asked apart, and a choice of the parameters decides
//! whether the layer stands in the code, or one that fits everything.

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;

use crate::ast::{Item, Network, Scalar, mentions, replace};

/// A type of the user's at its place in the network.
pub(crate) struct Foreign<'a> {
    network: &'a Network,
    /// Its number among them.
    place: usize,
    /// As it is written.
    ty: TokenStream,
    /// The type by which its place is known: its own, and those by which the places are known that give what comes in. So the impl
    /// that names what comes in is no more public than any of them.
    known_by: TokenStream,
    /// The type that comes in.
    given: TokenStream,
    /// The type that is declared to come out.
    declared: Option<TokenStream>,
    /// Whether what comes in is the network's input.
    is_first: bool,
    /// The place before it that depends on parameters too: where a mistake is there, this is not asked.
    after: Option<usize>,
    /// Where to blame.
    span: Span,
}

/// A choice of a struct's parameters: what does not hold for it does not hold for all of them.
#[derive(Clone, Copy)]
pub(crate) struct Choice {
    number: &'static str,
    size: usize,
}

/// Two, so that a layer of one number type or of one size is none for all.
pub(crate) const CHOICES: [Choice; 2] = [Choice { number: "f32", size: 7 }, Choice { number: "f64", size: 11 }];

impl<'a> Foreign<'a> {
    #[allow(clippy::too_many_arguments, reason = "all that is asked about a type")]
    pub(crate) fn new(
        network: &'a Network,
        (place, after): (usize, Option<usize>),
        before: &[Self],
        ty: TokenStream,
        given: TokenStream,
        declared: Option<TokenStream>,
        is_first: bool,
        span: Span,
    ) -> Self {
        let library = network.library.path(span);
        let giving = before.iter().filter(|other| names_place(&given, other.place));
        let known_by = giving.fold(ty.clone(), |ty, giving| {
            let other = &giving.known_by;
            quote_spanned!(span=> #library::Behind<#ty, #other>)
        });
        Self { network, place, ty, known_by, given, declared, is_first, after, span }
    }

    /// The number of its place.
    pub(crate) fn place(&self) -> usize {
        self.place
    }

    /// Whether the question about it names the struct's parameters.
    pub(crate) fn is_generic(&self) -> bool {
        self.network.parameters().any(|parameter| self.depends_on(parameter))
    }

    fn depends_on(&self, parameter: &Ident) -> bool {
        let scalar = self.network.scalar();
        [&self.ty, &self.given, &scalar].into_iter().chain(&self.declared).any(|tokens| mentions(tokens, parameter))
    }

    /// What its place in the network is called, as a trait that has the layer's types; in the type form nothing has a
    /// name, and it is spelt out.
    pub(crate) fn name(&self) -> TokenStream {
        let Some(item) = &self.network.item else { return self.answer() };
        let (network, place, known_by) = (&item.name, Literal::usize_unsuffixed(self.place), &self.known_by);
        let arguments = self.arguments(item);
        let library = self.network.library.path(self.span);
        quote_spanned!(self.span=> <&'static #network #arguments as #library::At<#place, #known_by>>)
    }

    /// The network's own arguments; a choice stands for those on which this layer does not depend.
    fn arguments(&self, item: &Item) -> TokenStream {
        let scalar = if let Scalar::Parameter(scalar) = &self.network.scalar { Some(scalar) } else { None };
        let all: Vec<_> = scalar.into_iter().chain(&item.sizes).map(ToTokens::to_token_stream).collect();
        if all.is_empty() {
            return TokenStream::new();
        }
        let kept = |parameter: &Ident| self.depends_on(parameter);
        let all = CHOICES[0].of(self.network, &quote!(#(#all),*), &kept);
        quote_spanned!(self.span=> <#all>)
    }

    /// Which kind of type it is, in a block.
    fn kind(&self, ty: &TokenStream, scalar: &TokenStream) -> TokenStream {
        let (library, module) = (self.network.library.path_in_block(self.span), self.network.library.module());
        let (is_declared, is_first) = (self.declared.is_some(), self.is_first);
        let probe = quote_spanned!(self.span=> #library::Probe::<#ty, #scalar>);
        self.network.library.block(&quote_spanned! {self.span=>
            use #module::NoProbe as _;
            #library::kind(#probe::IS_LAYER, #probe::IS_SPEC, #probe::NEEDS_SHAPE, #is_declared, #is_first)
        })
    }

    /// The question, as a number in a block.
    pub(crate) fn question(&self) -> TokenStream {
        let library = self.network.library.path_in_block(self.span);
        let scalar = self.network.scalar();
        let (ty, given, declared) = (&self.ty, &self.given, self.declared());
        let kind = if self.is_generic() {
            let kind = self.kind_name();
            let asked = self.after.map(holds_name).map_or_else(
                || kind.to_token_stream(),
                |holds| quote_spanned!(self.span=> if #holds { #kind } else { #library::SILENT }),
            );
            quote_spanned!(self.span=> { #asked })
        } else {
            self.kind(ty, &scalar)
        };
        quote_spanned!(self.span=> <#library::join::Fit as #library::Ask<#kind, #ty, #scalar, #given, #declared>>::YES)
    }

    /// The trait that has the layer's types, spelt out.
    pub(crate) fn answer(&self) -> TokenStream {
        let library = self.network.library.path(self.span);
        let scalar = self.network.scalar();
        let (ty, given, declared) = (&self.ty, &self.given, self.declared());
        if self.is_generic() {
            let (kind, holds) = (self.kind_name(), holds_name(self.place));
            let instead = if self.declared.is_some() { "DECLARED_STAND_IN" } else { "STAND_IN" };
            let instead = Ident::new(instead, self.span);
            let kind = quote_spanned!(self.span=> { if #holds { #kind } else { #library::#instead } });
            return quote_spanned!(self.span=> <#ty as #library::LayerFrom<#kind, #scalar, #given, #declared>>);
        }
        let (kind, yes) = (self.kind(ty, &scalar), self.network.library.block(&self.question()));
        let given = quote_spanned!(self.span=> <#given as #library::Checked<#yes>>::Network);
        quote_spanned!(self.span=> <#ty as #library::LayerFrom<#kind, #scalar, #given, #declared>>)
    }

    fn declared(&self) -> TokenStream {
        let library = self.network.library.path(self.span);
        self.declared.clone().unwrap_or_else(|| quote_spanned!(self.span=> #library::Inferred))
    }

    /// The constant that says which kind of type it is, where that is asked of choices of the parameters.
    pub(crate) fn kind_name(&self) -> Ident {
        format_ident!("__KIND_{}", self.place, span = Span::mixed_site())
    }

    /// What is asked of the choices of parameters.
    pub(crate) fn constants(&self) -> Option<TokenStream> {
        if !self.is_generic() {
            return None;
        }
        let (library, module) = (self.network.library.path_in_block(self.span), self.network.library.module());
        let scalar = self.network.scalar();
        let nothing = |_: &Ident| false;
        let kinds = CHOICES.map(|choice| {
            let of = |tokens: &TokenStream| choice.of(self.network, tokens, &nothing);
            self.kind(&of(&self.ty), &of(&scalar))
        });
        let (kind, holds) = (self.kind_name(), holds_name(self.place));
        let before = self.after.map(|place| {
            let holds = holds_name(place);
            quote_spanned!(self.span=> #holds &&)
        });
        let answers = CHOICES.map(|choice| {
            let all = [&self.ty, &scalar, &self.given, &self.declared()];
            let [ty, scalar, given, declared] = all.map(|tokens| choice.of(self.network, tokens, &nothing));
            let holds = quote_spanned!(self.span=> #library::Holds::<#ty, #scalar, #given, #declared>);
            quote_spanned!(self.span=> #library::holds(#kind, #holds::LAYER, #holds::SPEC))
        });
        let [first, second] = kinds;
        Some(quote_spanned! {self.span=>
            const #kind: #library::u8 = #library::both(#first, #second);
            const #holds: #library::bool = {
                use #module::HoldsNot as _;
                #before #(#answers)&&*
            };
        })
    }

    /// The impl that gives its place a name.
    pub(crate) fn named(&self, list: &TokenStream, item: &Item, used: &TokenStream) -> TokenStream {
        let (library, answer) = (self.network.library.path(self.span), self.answer());
        let (name, place, known_by) = (&item.name, Literal::usize_unsuffixed(self.place), &self.known_by);
        quote_spanned! {self.span=>
            #[automatically_derived]
            impl #list #library::At<#place, #known_by> for &'static #name #used {
                type Layer = #answer::Layer;
                type Gives = #answer::Gives;
                const WIDTH: #library::usize = #answer::WIDTH;
                const COMPLAINT: ::core::option::Option<#library::Complaint> = #answer::COMPLAINT;
            }
        }
    }
}

impl Choice {
    /// The tokens with this choice for all parameters but those that are `kept`.
    fn of(self, network: &Network, tokens: &TokenStream, kept: &dyn Fn(&Ident) -> bool) -> TokenStream {
        let mut tokens = tokens.clone();
        if let Scalar::Parameter(scalar) = &network.scalar
            && !kept(scalar)
        {
            let (library, number) = (network.library.path(scalar.span()), Ident::new(self.number, scalar.span()));
            tokens = replace(&tokens, scalar, &quote_spanned!(scalar.span()=> #library::#number));
        }
        for size in network.sizes().iter().filter(|size| !kept(size)) {
            tokens = replace(&tokens, size, &Literal::usize_unsuffixed(self.size).to_token_stream());
        }
        tokens
    }
}

/// Whether the name of this place stands in `tokens`, as `At<3, …>` does.
fn names_place(tokens: &TokenStream, place: usize) -> bool {
    let place_is =
        |token: &TokenTree| matches!(token, TokenTree::Literal(found) if found.to_string() == place.to_string());
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    let here = tokens.windows(3).any(|three| {
        matches!(&three[0], TokenTree::Ident(name) if name == "At")
            && matches!(&three[1], TokenTree::Punct(punct) if punct.as_char() == '<')
            && place_is(&three[2])
    });
    here || tokens.iter().any(|token| matches!(token, TokenTree::Group(group) if names_place(&group.stream(), place)))
}

/// The constant that says whether the network is right up to this place.
fn holds_name(place: usize) -> Ident {
    format_ident!("__HOLDS_{}", place, span = Span::mixed_site())
}

/// `ty`, or `other` behind a mistake at the place `holds`, where nothing more is to be said.
pub(crate) fn unless_wrong(network: &Network, holds: usize, ty: &TokenStream, other: &TokenStream) -> TokenStream {
    let (library, holds) = (network.library.path(Span::mixed_site()), holds_name(holds));
    quote_spanned!(Span::mixed_site()=> <#ty as #library::Alike<{ #holds }, #other>>::Itself)
}
