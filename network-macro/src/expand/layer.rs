//! The network as a layer: straight-line passes, one call per layer.
//!
//! The value after layer 1 is `__h1`, its gradient `__d1`, and so on. Where the macro cannot see that a layer reads what it
//! is given, the rows go through `same`, which cannot fail type checking: a wrong shape is then reported once, by the
//! check that stands behind the struct.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};

use super::local;
use crate::ast::Item;
use crate::check::{Checked, CheckedLayer};
use crate::generics::Generics;

/// `impl Layer for Name`
pub(super) fn expand(network: &Checked<'_>, item: &Item, generics: &Generics) -> TokenStream {
    let (name, list, used) = (&item.name, generics.list(), &generics.used);
    let scalar = network.network.scalar();
    let Checked { input, layers, .. } = network;
    let last = layers.last().expect("a network has a layer");
    let (output, last_ty) = (&last.output, &last.checked);
    let sizes = &item.sizes;
    let (text, parts) = (name.to_string(), quote_spanned!(name.span()=> Self::__PARTS));
    let bodies = Bodies { layers };
    let (predict, infer, forward) = (bodies.predict(), bodies.infer(), bodies.forward());
    let visit_outputs = bodies.visit_outputs();
    let (backward, commit) = (bodies.backward(), bodies.commit());
    // rustc refuses what is less public than the network here (E0446): then the last layer is to blame.
    let to_blame = if network.names_own.is_some() { last.span } else { local() };
    let head = quote_spanned!(local()=> <#last_ty as __net::Layer>::Head);
    let ends = quote_spanned!(to_blame=> type Out = #output; type Head = #head;);
    quote_spanned! {local()=>
        #[automatically_derived]
        impl #list __net::Layer for #name #used {
            type In = #input;
            #ends

            const TREE: __net::LayerInfo = __net::LayerInfo {
                name: #text,
                args: &[#(__net::Arg::Size(#sizes)),*],
                input: <Self::In as __net::Sample>::SHAPE,
                output: <Self::Out as __net::Sample>::SHAPE,
                params: &[],
                children: &__net::children(&#parts),
                flops: 0,
                behaviour: __net::Behaviour::IN_ORDER,
            };
            const SAVED: __net::WorkspaceSize = __net::saved(&Self::__PARTS);
            const SCRATCH: __net::WorkspaceSize = __net::scratch(&Self::__PARTS);
            const INFER: __net::WorkspaceSize = __net::inference(&Self::__PARTS);

            fn predict_into(&self, __x: &Self::In, __y: &mut Self::Out) {
                #predict
            }

            fn infer(
                &self,
                __x: &[Self::In],
                __y: &mut [Self::Out],
                __scratch: &mut [#scalar],
                __run: __net::PassContext<'_>,
            ) {
                #infer
            }

            fn visit_outputs(
                &self,
                __x: &[Self::In],
                __y: &mut [Self::Out],
                __scratch: &mut [#scalar],
                __run: __net::PassContext<'_>,
                __path: &__net::Path<'_>,
                __visit: &mut dyn ::core::ops::FnMut(__net::Output<'_, #scalar>),
            ) {
                #visit_outputs
            }

            fn forward(
                &self,
                __x: &[Self::In],
                __y: &mut [Self::Out],
                __saved: &mut [#scalar],
                __scratch: &mut [#scalar],
                __run: __net::PassContext<'_>,
            ) {
                #forward
            }

            fn backward(
                &self,
                __trace: __net::Trace<'_, Self>,
                __dy: &mut [Self::Out],
                __dx: ::core::option::Option<&mut [__net::Gradient<Self::In>]>,
                __grad: &mut Self,
                __scratch: &mut [#scalar],
                __run: __net::PassContext<'_>,
            ) {
                #backward
            }

            fn commit(&mut self, __grad: &Self) {
                #commit
            }
        }
    }
}

/// What stands in the functions.
struct Bodies<'a> {
    layers: &'a [CheckedLayer],
}

impl Bodies<'_> {
    fn last(&self) -> usize {
        self.layers.len() - 1
    }

    /// What layer `index` reads, as a shared slice of what it is given.
    fn input(&self, index: usize) -> TokenStream {
        let given = match index {
            0 => quote_spanned!(local()=> __x),
            _ => value(index - 1),
        };
        if self.layers[index].cast { quote_spanned!(local()=> __net::same(#given)) } else { given }
    }

    /// Where layer `index` writes.
    fn output(&self, index: usize) -> TokenStream {
        if index == self.last() { quote_spanned!(local()=> __y) } else { value(index) }
    }

    fn predict(&self) -> TokenStream {
        let steps = self.layers.iter().enumerate().map(|(index, part)| {
            let layer = part.shared(&self_());
            let x = match (index, part.cast) {
                (0, false) => quote_spanned!(local()=> __x),
                (0, true) => quote_spanned!(local()=> __net::same_one(__x)),
                (_, false) => {
                    let given = value(index - 1);
                    quote_spanned!(local()=> &#given)
                }
                (_, true) => {
                    let given = value(index - 1);
                    quote_spanned!(local()=> __net::same_one(&#given))
                }
            };
            if index == self.last() {
                return quote_spanned!(local()=> __net::Layer::predict_into(#layer, #x, __y););
            }
            let y = value(index);
            quote_spanned! {local()=>
                let mut #y = __net::sample_of(#layer);
                __net::Layer::predict_into(#layer, #x, &mut #y);
            }
        });
        quote_spanned!(local()=> #(#steps)*)
    }

    fn infer(&self) -> TokenStream {
        let new = quote_spanned!(local()=> __net::Infer::new(&Self::__PARTS, __x.len(), __scratch, __run));
        self.in_use(&quote_spanned!(local()=> __net::Infer), &new)
    }

    fn visit_outputs(&self) -> TokenStream {
        let new =
            quote_spanned!(local()=> __net::Show::new(&Self::__PARTS, __x.len(), __scratch, __run, __path, __visit));
        self.in_use(&quote_spanned!(local()=> __net::Show), &new)
    }

    /// A pass in use of type `pass`, which `new` makes.
    fn in_use(&self, pass: &TokenStream, new: &TokenStream) -> TokenStream {
        let steps = self.layers.iter().enumerate().map(|(index, part)| {
            let (layer, x, y) = (part.shared(&self_()), self.input(index), self.output(index));
            if index == self.last() {
                return quote_spanned!(local()=> #pass::last(__pass, #layer, #x, #y););
            }
            let place = place(index);
            quote_spanned!(local()=> let #y = #pass::layer(&mut __pass, #layer, #x, #place);)
        });
        quote_spanned! {local()=>
            let (__odd, __even, mut __pass) = #new;
            #(#steps)*
        }
    }

    fn forward(&self) -> TokenStream {
        let steps = self.layers.iter().enumerate().map(|(index, part)| {
            let (layer, x, y) = (part.shared(&self_()), self.input(index), self.output(index));
            if index == self.last() {
                return quote_spanned!(local()=> __net::Forward::last(__pass, #layer, #x, #y););
            }
            quote_spanned!(local()=> let #y = __net::Forward::layer(&mut __pass, #layer, #x);)
        });
        quote_spanned! {local()=>
            let mut __pass = __net::Forward::new(__x.len(), __saved, __scratch, __run);
            #(#steps)*
        }
    }

    fn backward(&self) -> TokenStream {
        let steps = self.layers.iter().enumerate().rev().map(|(index, part)| {
            let (layer, grad) = (part.shared(&self_()), part.unique(&quote_spanned!(local()=> __grad)));
            let (y, dy) = if index == self.last() {
                (quote_spanned!(local()=> __y), quote_spanned!(local()=> __dy))
            } else {
                (value(index), gradient(index))
            };
            let Some(before) = index.checked_sub(1) else {
                let (x, dx) = if part.cast {
                    (quote_spanned!(local()=> __net::same(__x)), quote_spanned!(local()=> __dx.map(__net::same_mut)))
                } else {
                    (quote_spanned!(local()=> __x), quote_spanned!(local()=> __dx))
                };
                return quote_spanned!(local()=> __net::Backward::first(__pass, #layer, #x, #y, #dy, #dx, #grad););
            };
            let (x, dx, place) = (value(before), gradient(before), place(before));
            let before = self.layers[before].shared(&self_());
            quote_spanned! {local()=>
                let (#x, #dx) = __net::Backward::layer(&mut __pass, #layer, #before, #y, #dy, #place, #grad);
            }
        });
        quote_spanned! {local()=>
            let __net::Trace { x: __x, y: __y, saved: __saved } = __trace;
            let (__odd, __even, mut __pass) =
                __net::Backward::new(&Self::__PARTS, __x.len(), __saved, __scratch, __run, __net::Option::is_some(&__dx));
            #(#steps)*
        }
    }

    fn commit(&self) -> TokenStream {
        let steps = self.layers.iter().map(|part| {
            let (layer, grad) = (part.unique(&self_()), part.shared(&quote_spanned!(local()=> __grad)));
            quote_spanned!(local()=> __net::Layer::commit(#layer, #grad);)
        });
        quote_spanned!(local()=> #(#steps)*)
    }
}

fn self_() -> TokenStream {
    quote_spanned!(local()=> self)
}

fn numbered(letter: &str, index: usize) -> TokenStream {
    let name: Ident = format_ident!("__{letter}{}", index + 1, span = local());
    quote_spanned!(local()=> #name)
}

/// The value that layer `index` gives.
fn value(index: usize) -> TokenStream {
    numbered("h", index)
}

/// The gradient of that value.
fn gradient(index: usize) -> TokenStream {
    numbered("d", index)
}

/// The place of what layer `index` gives, where it is not kept.
fn place(index: usize) -> TokenStream {
    let name = if index.is_multiple_of(2) { "__odd" } else { "__even" };
    let name = Ident::new(name, local());
    quote_spanned!(local()=> #name)
}
