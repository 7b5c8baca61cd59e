//! The checked network: layers with types, and questions for rustc.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Attribute, Ident};

use crate::ast::{Layer, Network, Shape, Size};
use crate::constants::Constants;
use crate::foreign::Foreign;
use crate::labels::Labels;
use crate::table::{NumberRule, shape_rules};

/// A network whose layers have types.
pub(crate) struct Checked<'a> {
    pub(crate) network: &'a Network,
    /// The array type of one input.
    pub(crate) input: TokenStream,
    pub(crate) layers: Vec<CheckedLayer>,
    /// What rustc must check.
    pub(crate) checks: Vec<Check>,
    /// The types that only rustc knows.
    pub(crate) foreign: Vec<Foreign<'a>>,
    /// What of the user's own types is in it.
    pub(crate) names_own: Option<Own>,
    /// The types of a step that it reads and of one that it gives, if the macro knows both.
    pub(crate) steps: Option<[TokenStream; 2]>,
    /// What rustc must compute.
    pub(crate) constants: Constants<'a>,
    /// The labels of branches.
    pub(crate) labels: Labels<'a>,
}

/// What a network has of types of the user's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Own {
    /// A layer, as it is or within another.
    Layer,
    /// An activation.
    Activation,
}

/// One layer.
pub(crate) struct CheckedLayer {
    /// The name of its field.
    pub(crate) field: Ident,
    /// Its type.
    pub(crate) ty: TokenStream,
    /// Its type as code uses it: where the user's own type in it is wrong, this is wrong without a word, and the
    /// mistake is reported once.
    pub(crate) checked: TokenStream,
    /// 0, if the user's own type in it is what it must be, and else a mistake.
    pub(crate) yes: Option<TokenStream>,
    /// The type of its output.
    pub(crate) output: TokenStream,
    /// The user's own doc comments.
    pub(crate) docs: Vec<Attribute>,
    /// As written, for its doc comment.
    pub(crate) text: String,
    /// Whether what it reads has another name than what it is given: rustc is asked whether they are the same.
    pub(crate) cast: bool,
    /// Whether it is a type of the user's.
    pub(crate) is_own: bool,
    /// The place of its name, where mistakes in it point.
    pub(crate) span: Span,
}

impl CheckedLayer {
    /// A layer of which rustc is asked what it reads and gives, and whose mistakes are reported elsewhere.
    pub(super) fn to_be_asked(
        (index, layer): (usize, &Layer),
        ty: TokenStream,
        output: TokenStream,
        is_own: bool,
        span: Span,
    ) -> Self {
        let text = layer.kind.as_ref().map_or_else(String::new, ToString::to_string);
        let (docs, field) = (layer.docs.clone(), layer.field(index));
        Self { docs, field, checked: ty.clone(), ty, yes: None, output, text, cast: true, is_own, span }
    }
}

/// A question for rustc. Each has the span to blame.
pub(crate) enum Check {
    /// `size` is not 0.
    NotZero { what: String, size: TokenStream, span: Span },
    /// A nested array of these sizes can be.
    Fits { what: String, sizes: Vec<Size>, span: Span },
    /// A number that rustc computes keeps its rule.
    Number { what: String, rule: NumberRule, value: TokenStream, span: Span },
    /// A shape over `const` items is the declared one.
    Sizes { what: String, given: Shape, whose: String, declared: Shape, span: Span },
    /// A size follows by a rule, a call in the library's `shape_rules`; where one is declared, it is that one.
    Follows { what: String, rule: TokenStream, declared: Option<(String, TokenStream)>, span: Span },
    /// The sample has the axes that are read.
    Rank { what: String, reads: shape_rules::Reads, given: TokenStream, span: Span },
    /// The layer reads the output of the layer before it.
    Reads { given: TokenStream, reads: TokenStream, ty: TokenStream, span: Span },
    /// The layer reads one row of numbers, and the layer before it gives one.
    ReadsRow { given: TokenStream, ty: TokenStream, span: Span },
    /// The layer gives what is declared.
    Gives { declared: TokenStream, gives: TokenStream, ty: TokenStream, span: Span },
    /// What the layer gives can be added to what it reads.
    Adds { reads: TokenStream, gives: TokenStream, ty: TokenStream, span: Span },
    /// A state over `const` items is that of the layer.
    State { what: String, state: Shape, found: Shape, span: Span },
    /// What comes in beside the steps is the state of the layer.
    IsState { state: TokenStream, found: TokenStream, ty: TokenStream, span: Span },
    /// What the layer gives can be what it reads the next time.
    Repeats { reads: TokenStream, gives: TokenStream, ty: TokenStream, span: Span },
    /// What the line in a tied embedding gives can be multiplied with its table.
    IsTied { reads: TokenStream, gives: TokenStream, ty: TokenStream, span: Span },
    /// What a branch gives can be added to what the first one gives.
    Matches { first: TokenStream, first_ty: TokenStream, gives: TokenStream, ty: TokenStream, span: Span },
    /// What a branch gives is one row of numbers.
    Row { gives: TokenStream, ty: TokenStream, span: Span },
    /// The layer of another crate does not complain of its sizes.
    Complaint { complaint: TokenStream, span: Span },
    /// The layer computes with any number type, as the network does.
    AnyNumber { message: String, kind: Ident, span: Span },
    /// The user's type is what it must be.
    Is { yes: TokenStream },
}

impl CheckedLayer {
    /// The layer as code uses it, in the network `network`.
    pub(crate) fn shared(&self, network: &TokenStream) -> TokenStream {
        let Self { field, yes, .. } = self;
        let layer = quote_spanned!(Span::mixed_site()=> &#network.#field);
        yes.as_ref().map_or(layer.clone(), |yes| quote_spanned!(Span::mixed_site()=> __net::own::<{ #yes }, _>(#layer)))
    }

    /// The same, to be changed.
    pub(crate) fn unique(&self, network: &TokenStream) -> TokenStream {
        let Self { field, yes, .. } = self;
        let layer = quote_spanned!(Span::mixed_site()=> &mut #network.#field);
        let own = |yes| quote_spanned!(Span::mixed_site()=> __net::own_mut::<{ #yes }, _>(#layer));
        yes.as_ref().map_or(layer.clone(), own)
    }
}
