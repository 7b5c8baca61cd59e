//! Pieces of words: against byte pairs that are put together here, one after the other.

use std::collections::BTreeMap;

use typednet_data::Source;
use typednet_data::text::{self, TextError, Tokenizer};

const TEXT: &str = "low lower lowest\nnew newer newest\nlow newest – wide\nwider widest low\n";

/// How the bytes stand in a `tokenizer.json`: those with a picture as they are, the others from 256 on (`encoder.py` of GPT-2).
fn letters() -> BTreeMap<u8, char> {
    let (mut letters, mut next) = (BTreeMap::new(), 256);
    for byte in 0..=255_u8 {
        let is_seen = matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
        letters.insert(byte, if is_seen { char::from(byte) } else { char::from_u32(next).expect("a character") });
        next += u32::from(!is_seen);
    }
    letters
}

/// The pieces of `word`, by the pairs of `merges`, the first of them first.
fn pieces(word: &str, merges: &[(String, String)]) -> Vec<String> {
    let letters = letters();
    let mut pieces: Vec<String> = word.bytes().map(|byte| letters[&byte].to_string()).collect();
    for (a, b) in merges {
        let mut at = 0;
        while at + 1 < pieces.len() {
            if pieces[at] == *a && pieces[at + 1] == *b {
                let second = pieces.remove(at + 1);
                pieces[at] += &second;
            }
            at += 1;
        }
    }
    pieces
}

fn merges(json: &str) -> Vec<(String, String)> {
    let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let merges = json["model"]["merges"].as_array().expect("pairs");
    let part = |pair: &serde_json::Value, i: usize| pair[i].as_str().expect("a piece").to_owned();
    merges.iter().map(|pair| (part(pair, 0), part(pair, 1))).collect()
}

#[test]
fn its_pieces_are_those_of_byte_pairs_that_are_put_together_in_order() {
    let tokenizer = Tokenizer::<270>::learnt(TEXT).expect("a text with as many pieces");
    let merges = merges(&tokenizer.to_json().expect("JSON"));
    assert_eq!(merges.len(), 270 - 256);
    // "lo" and "w" stand together most often, beside "we" and the spaces before words.
    for words in [vec!["lowest"], vec!["new", " lower", " wid"], vec!["zebra", " –", " ünew"]] {
        let tokens = tokenizer.encode(&words.concat()).expect("bytes");
        let found: Vec<String> = tokens.iter().map(|token| tokenizer.piece(*token).expect("a piece")).collect();
        let expected: Vec<String> = words.iter().flat_map(|word| pieces(word, &merges)).collect();
        assert_eq!(found, expected);
        assert_eq!(tokenizer.decode(&tokens).expect("bytes"), words.concat());
        assert!(found.iter().zip(&tokens).all(|(piece, token)| tokenizer.token(piece) == Some(*token)));
    }
}

#[test]
fn the_most_frequent_pair_is_the_first() {
    let merges = merges(&Tokenizer::<257>::learnt("aab aab aab ab").expect("a pair").to_json().expect("JSON"));
    // Four times, where "aa" stands thrice.
    assert_eq!(merges, [("a".to_owned(), "b".to_owned())]);
}

#[test]
fn a_text_comes_back_and_teaches_the_same_each_time() {
    let plays = text::shakespeare().expect("a text");
    let (known, other) = plays.split_at(60_000);
    let tokenizer = Tokenizer::<400>::learnt(known).expect("pieces");
    let again = Tokenizer::<400>::learnt(known).expect("pieces");
    assert_eq!(tokenizer.to_json().expect("JSON"), again.to_json().expect("JSON"));
    let tokens = tokenizer.encode(&other[..20_000]).expect("bytes");
    assert!(tokens.len() < 15_000, "{}", tokens.len());
    assert_eq!(tokenizer.decode(&tokens).expect("bytes"), other[..20_000]);
    let parsed = Tokenizer::<400>::parse(&tokenizer.to_json().expect("JSON")).expect("its own text");
    assert_eq!(parsed.encode(&other[..500]).expect("bytes"), tokenizer.encode(&other[..500]).expect("bytes"));
    assert_eq!(tokenizer.encode("").expect("nothing"), []);
    assert_eq!(
        tokenizer.windows::<8>(&other[..500], 8).expect("windows").len(),
        tokenizer.encode(&other[..500]).expect("bytes").len().div_ceil(8) - 1
    );
}

#[test]
fn a_type_of_another_number_of_pieces_is_told_the_right_one() {
    let json = Tokenizer::<260>::learnt(TEXT).expect("pieces").to_json().expect("JSON");
    let error = Tokenizer::<300>::parse(&json).expect_err("another number");
    assert_eq!(error, TextError::PieceCount { expected: 300, found: 260 });
    assert!(error.to_string().contains("write `Tokenizer<260>`, and `Token<260>` in the network"), "{error}");
    assert_eq!(
        Tokenizer::<255>::learnt(TEXT).expect_err("fewer than bytes"),
        TextError::FewerThanBytes { expected: 255 }
    );
    let error = Tokenizer::<5000>::learnt(TEXT).expect_err("a short text");
    assert!(matches!(error, TextError::FewPieces { expected: 5000, found: 256..=400 }), "{error}");
    assert!(matches!(Tokenizer::<300>::parse("{\"model\": 3}"), Err(TextError::Malformed { .. })));
    assert!(
        Tokenizer::<300>::open("no/such/tokenizer.json").expect_err("no file").to_string().contains("tokenizer.json")
    );
}

/// Words of two pieces, nothing for what is unknown, and a limit of the length.
const WORDS: &str = r#"{
    "version": "1.0", "truncation": {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0},
    "padding": null, "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": null, "decoder": null,
    "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null,
        "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}
}"#;

#[test]
fn nothing_is_lost_without_a_word() {
    let tokenizer = Tokenizer::<3>::parse(WORDS).expect("a tokenizer");
    let indices =
        |text: &str| tokenizer.encode(text).map(|tokens| tokens.iter().map(|token| token.index()).collect::<Vec<_>>());
    // The file's limit of two tokens would cut it off.
    assert_eq!(indices("ab a\n b ab"), Ok(vec![2, 0, 1, 2]));
    let error = indices("ab a\n bab acb").expect_err("a piece that there is not");
    assert_eq!(error, TextError::Uncovered { word: "acb".into(), line: 2, column: 6 });
    assert!(
        error.to_string().starts_with("line 2, column 6: the tokenizer has no pieces for all of \"acb\"; leave it out"),
        "{error}"
    );
    assert_eq!(indices("abé").expect_err("the end"), TextError::Uncovered { word: "abé".into(), line: 1, column: 1 });
}
