//! Texts as tokens: vocabularies, windows, what is wrong with a text, and what is kept.

use typednet_data::text::{Contiguous, TextError, TooLong, Vocabulary, Windows, first_names, shakespeare};
use typednet_data::{Attached, Attachment, DataError, Dataset, Source};
use typednet_tensor::{Class, Key, Pair, Token};

const TEXT: &str = "so foul and fair\na day\n";

fn letters() -> Vocabulary<13> {
    Vocabulary::of(TEXT).expect("13 different characters")
}

#[test]
fn tokens_are_characters_in_the_order_of_their_codes() {
    let vocabulary = letters();
    assert!(vocabulary.characters().is_sorted() && vocabulary.characters()[..2] == ['\n', ' ']);
    let tokens = vocabulary.encode(TEXT).expect("its own characters");
    assert_eq!(tokens.len(), TEXT.len());
    assert_eq!(vocabulary.decode(&tokens), TEXT);
    for (token, character) in tokens.iter().zip(TEXT.chars()) {
        assert_eq!((vocabulary.character(*token), vocabulary.token(character)), (character, Some(*token)));
    }
    assert_eq!(vocabulary.encode(""), Ok(vec![]));
    assert_eq!(vocabulary.to_string(), "13 characters: \"\\n adfilnorsuy\"");
}

#[test]
fn a_character_that_is_not_in_the_vocabulary_is_named_with_its_place() {
    let unknown = |text: &str| letters().encode(text).expect_err("an unknown character");
    assert_eq!(unknown("so fair?"), TextError::Unknown { character: '?', line: 1, column: 8 });
    assert_eq!(unknown("\n\nfoul dä day"), TextError::Unknown { character: 'ä', line: 3, column: 7 });
    // Columns are characters, not bytes.
    let wide = Vocabulary::<3>::of("ä\u{1F600}b").expect("three characters");
    assert_eq!(wide.encode("ää\u{1F600}x"), Err(TextError::Unknown { character: 'x', line: 1, column: 4 }));
}

#[test]
fn windows_stand_a_stride_apart_with_what_comes_behind_each_token() {
    let vocabulary = letters();
    let characters: Vec<char> = TEXT.chars().collect();
    for stride in [1, 2, 5, 7, 18, 1_000] {
        let windows = vocabulary.windows::<5>(TEXT, stride).expect("a text of 23 characters");
        let expected: Vec<usize> = (0..TEXT.len() - 5).step_by(stride).collect();
        assert_eq!(windows.len(), expected.len(), "{stride}");
        let rows: Vec<u32> = (0..windows.len() as u32).rev().collect();
        let (mut x, mut y) = (vec![[Token::default(); 5]; rows.len()], vec![[Class::default(); 5]; rows.len()]);
        windows.gather(&rows, Key::new(0), &mut x, &mut y);
        let whole = windows.to_dataset().expect("at least one");
        for ((row, x), y) in rows.iter().zip(&x).zip(&y) {
            let from = expected[*row as usize];
            assert!(x.iter().map(|token| vocabulary.character(*token)).eq(characters[from..from + 5].iter().copied()));
            let next = y.iter().map(|class| vocabulary.character(Token::from(*class)));
            assert!(next.eq(characters[from + 1..from + 6].iter().copied()));
            assert_eq!((&whole.samples()[*row as usize], &whole.targets()[*row as usize]), (x, y));
            assert_eq!(windows.target(*row), *y);
        }
    }
}

/// The longest window, and one character less.
#[test]
fn a_text_shorter_than_a_window_is_refused() {
    let vocabulary = letters();
    assert_eq!(vocabulary.windows::<22>(TEXT, 1).map(|windows| windows.len()).ok(), Some(1));
    let refused = |error: Option<DataError>| error.expect("a mistake").to_string();
    assert_eq!(
        refused(vocabulary.windows::<23>(TEXT, 1).err()),
        "the text has 23 characters, but one window and the character behind it need 24; give a longer text, or shorter windows"
    );
    assert_eq!(refused(vocabulary.windows::<4>("", 1).err()), "the text is empty; at least one character is needed");
    assert!(refused(vocabulary.windows::<4>(TEXT, 0).err()).starts_with("windows stand at least one character apart"));
    assert!(refused(vocabulary.windows::<4>("a bad day", 1).err()).starts_with("line 1, column 3: the character 'b'"));
    assert!(Windows::<13, 4>::new(vec![Token::default(); 5], usize::MAX).is_ok());
}

#[test]
fn a_vocabulary_has_as_many_characters_as_its_type_says() {
    let found = |error| matches!(error, Err(TextError::VocabularySize { expected: 12, found: 13 }));
    assert!(found(Vocabulary::<12>::of(TEXT).map(|_| ())));
    assert_eq!(Vocabulary::<1>::of(""), Err(TextError::Empty));
    assert_eq!(Vocabulary::<2>::new(['a', 'a']), Err(TextError::Twice { character: 'a' }));
    assert_eq!(Vocabulary::<2>::new(['b', 'a']), Vocabulary::of("ab"));
}

#[test]
fn a_vocabulary_is_kept_with_weights() {
    let mut attached = Attached::new();
    letters().attach(&mut attached).expect("the first");
    assert_eq!(Vocabulary::<13>::detach(&attached).expect("it is there"), letters());
    let other = Vocabulary::<14>::detach(&attached).expect_err("another size").to_string();
    assert!(other.starts_with("there are 13 different characters, but the vocabulary is declared for 14"), "{other}");
    assert!(letters().attach(&mut attached).is_err());
    let text = letters().to_json().expect("JSON");
    assert_eq!(Vocabulary::parse(&text).expect("its own"), letters());
    for end in 0..text.len() {
        assert!(Vocabulary::<13>::parse(&text[..end]).is_err(), "cut off at {end}");
    }
    for (from, to) in [("vocabulary of", "list of"), ("\"format\":1", "\"format\":2"), ("adf", "aaf"), ("adf", "af")] {
        let damaged = text.replace(from, to);
        assert!(damaged != text && Vocabulary::<13>::parse(&damaged).is_err(), "{damaged}");
    }
}

/// What a trainer asks of samples of tokens in a data set.
#[test]
fn data_sets_of_tokens_are_gathered() {
    let tokens: Vec<[Token<5>; 2]> = Token::all().map(|token| [token; 2]).collect();
    let data = Dataset::new(tokens.clone(), Class::<5>::all().collect::<Vec<_>>()).expect("five");
    let (mut x, mut y) = ([[Token::default(); 2]; 2], [Class::default(); 2]);
    data.gather(&[4, 1], Key::new(0), &mut x, &mut y);
    assert_eq!((x, y.map(Class::index)), ([tokens[4], tokens[1]], [4, 1]));
}

#[test]
fn the_plays_are_whole() {
    let text = shakespeare().expect("the program's copy");
    assert!(text.is_ascii() && text.len() == 994_740);
    let vocabulary = Vocabulary::<63>::of(&text).expect("63 characters");
    assert!(vocabulary.characters().iter().all(|c| c.is_ascii_alphabetic() || "\n !&',-.:;?".contains(*c)));
    for name in ["HAMLET", "KING LEAR", "MACBETH", "OTHELLO", "ROMEO", "TIMON", "CORIOLANUS", "BRUTUS"] {
        assert!(text.matches(&format!("\n\n{name}:\n")).count() > 50, "{name}");
    }
    assert!(text.ends_with("To part the glories of this happy day.\n\n"));
}

/// Padding stands behind the text, whatever its length; nothing in which no character counts is made.
#[test]
fn texts_of_different_lengths_are_padded() {
    let vocabulary = letters();
    for length in 1..=7 {
        let text: String = TEXT.chars().take(length).collect();
        let padded = vocabulary.padded::<7>(&text, TooLong::Refused).expect("it has room");
        assert_eq!((padded.length(), vocabulary.decode(padded.counted())), (length, text));
        assert!(padded.steps[length..].iter().all(|token| token.index() == 0));
    }
    assert_eq!(vocabulary.padded::<7>("", TooLong::Cut), Err(TextError::Empty));
    assert_eq!(vocabulary.padded::<7>(TEXT, TooLong::Refused), Err(TextError::Long { room: 7, found: 23 }));
    let cut = vocabulary.padded::<7>(TEXT, TooLong::Cut).expect("it is cut");
    assert_eq!(vocabulary.decode(cut.counted()), TEXT[..7]);
    // What is cut off has to be of the vocabulary too.
    let unknown = vocabulary.padded::<2>("so fair?", TooLong::Cut);
    assert_eq!(unknown, Err(TextError::Unknown { character: '?', line: 1, column: 8 }));
}

#[test]
fn a_mistake_in_one_of_many_texts_has_its_number() {
    let texts = |texts: &[&str]| letters().padded_texts::<4, _>(texts, TooLong::Refused).map(|texts| texts.len());
    assert_eq!(texts(&["so", "foul", "a"]), Ok(3));
    assert_eq!(texts(&[]), Ok(0));
    let said = |wrong: &[&str]| texts(wrong).expect_err("a mistake").to_string();
    assert_eq!(said(&["so", ""]), "text 2: the text is empty; at least one character is needed");
    assert!(
        said(&["so", "a", "foul\nday"]).starts_with("text 3: the text has 8 characters, but a sample has room for 4;")
    );
    assert!(
        said(&["so", "f!", ""]).starts_with("text 2: line 1, column 2: the character '!' is not in the vocabulary")
    );
}

#[test]
fn what_comes_behind_a_padded_text_counts_as_long_as_there_is_something() {
    let vocabulary = letters();
    for length in 2..=6 {
        let text: Vec<char> = TEXT.chars().take(length).collect();
        let whole: String = text.iter().collect();
        let (x, next) = vocabulary.continued::<5>(&whole, TooLong::Refused).expect("it has room");
        assert_eq!(vocabulary.decode(x.counted()), text[..length - 1].iter().collect::<String>());
        for (step, next) in next.iter().enumerate() {
            let found = next.map(|class| vocabulary.character(class.into()));
            assert_eq!(found, text.get(step + 1).copied(), "{length} characters, step {step}");
        }
    }
    let (x, next) = vocabulary.continued::<3>(TEXT, TooLong::Cut).expect("it is cut");
    assert_eq!(
        (vocabulary.decode(x.counted()), next[2].map(|c| vocabulary.character(c.into()))),
        ("so ".into(), Some('f'))
    );
    let refused = |text| vocabulary.continued::<3>(text, TooLong::Refused).expect_err("a mistake");
    assert_eq!(refused("s"), TextError::Short { expected: 2, found: 1 });
    assert_eq!(refused(""), TextError::Empty);
    assert_eq!(refused("so fo"), TextError::Long { room: 4, found: 5 });
}

#[test]
fn the_names_are_whole() {
    let names = first_names().expect("the program's copy");
    assert_eq!(names.len(), 5_160);
    assert!(names.is_sorted_by(|a, b| a.0 < b.0));
    assert!(
        names.iter().all(|(name, _)| (2..=11).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase()))
    );
    let of_women = names.iter().filter(|(_, class)| class.index() == 0).count();
    assert_eq!(of_women, 4_014);
    let kind = |wanted| names.iter().find(|(name, _)| *name == wanted).map(|(_, class)| class.index());
    assert_eq!([kind("ada"), kind("zzz"), kind("grace"), kind("alan")], [Some(0), None, Some(0), Some(1)]);
}

/// Row r of each batch goes on where row r of the batch before ended, every token is read once, and what is left out is less than a batch.
#[test]
#[should_panic(expected = "there is no window 6: there are 6")]
fn a_window_behind_the_last_is_refused() {
    let text = Contiguous::<64, 2>::new([Token::default(); 13], 2).expect("three windows of two rows");
    let _: [Class<64>; 2] = Source::<[Token<64>; 2], _>::target(&text, 6);
}

#[test]
fn contiguous_batches_go_on_row_by_row() {
    for (len, rows) in [(7, 1), (8, 2), (25, 3), (26, 3), (40, 5)] {
        let tokens: Vec<_> = (0..len).map(|index| Token::<64>::new(index).unwrap()).collect();
        let text = Contiguous::<64, 2>::new(tokens.clone(), rows).unwrap();
        let count = Source::<[Token<64>; 2], _>::len(&text);
        assert_eq!(Source::<[Token<64>; 2], _>::contiguous_rows(&&text), Some(rows));
        let (mut x, mut y) = (vec![[tokens[0]; 2]; count], vec![[tokens[0].into(); 2]; count]);
        text.gather(&(0..count as u32).collect::<Vec<_>>(), Key::new(0), &mut x, &mut y);
        for (sample, (x, y)) in x.iter().zip(&y).enumerate() {
            assert_eq!(y.map(Class::index), x.map(|token| token.index() + 1));
            assert_eq!(Source::<[Token<64>; 2], _>::target(&text, sample as u32), *y);
        }
        for (before, behind) in x.iter().zip(&x[rows..]) {
            assert_eq!(before[1].index() + 1, behind[0].index());
        }
        let mut read: Vec<usize> = x.as_flattened().iter().map(|token| token.index()).collect();
        read.sort_unstable();
        assert_eq!(read, (0..len - text.left_out()).collect::<Vec<_>>());
        assert!((1..=2 * rows).contains(&text.left_out()), "{}", text.left_out());
        // Beside a state, that is 0.
        let mut pairs = vec![Pair { first: [tokens[0]; 2], second: [9.0_f32; 3] }; count];
        text.gather(&(0..count as u32).collect::<Vec<_>>(), Key::new(0), &mut pairs, &mut y);
        assert!(pairs.iter().zip(&x).all(|(pair, x)| pair.first == *x && pair.second.map(f32::to_bits) == [0; 3]));
        let target = |sample: usize| Source::<Pair<[Token<64>; 2], [f32; 3]>, _>::target(&text, sample as u32);
        assert!((0..count).all(|sample| target(sample) == y[sample]));
    }
    let tokens = [Token::<64>::default(); 6];
    let said = |rows| Contiguous::<64, 2>::new(tokens, rows).unwrap_err().to_string();
    assert_eq!(said(0), "batches over a text have at least one row, not 0");
    assert!(said(3).contains('7') && said(3).contains('6'), "{}", said(3));
}
