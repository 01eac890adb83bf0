"""Every exception of the engine has a code of its own, an exit code and an HTTP status."""

import inspect

from bothways import errors
from bothways.cli.session import EXIT_CODES, exit_code
from bothways.spelling import nearest

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.BothwaysError)]


def test_the_page_of_errors_names_every_class():
    for kind in CLASSES:
        assert kind.__name__ in (errors.__doc__ or "")


def test_codes_are_unique_and_written_like_words():
    codes = [c.code for c in CLASSES]
    assert len(set(codes)) == len(codes)
    assert all(code.replace("-", "").isalpha() and code.islower() for code in codes)


def test_every_error_has_an_exit_code():
    for kind in CLASSES:
        if kind is errors.BothwaysError:
            continue
        assert any(base in EXIT_CODES for base in kind.__mro__), kind
        assert exit_code(kind("x")) in {2, 3, 4}


def test_an_error_as_data_has_code_message_hint_and_details():
    error = errors.UnknownDatabase("no", hint="try", details={"a": 1})
    assert error.to_dict() == {"code": "unknown-database", "message": "no", "hint": "try", "details": {"a": 1}}


def test_near_names_are_offered_and_far_ones_listed():
    assert nearest("postgres", ["postgresql", "mysql"]) == "did you mean postgresql?"
    assert nearest("zzz", ["b", "a"]) == "known: a, b"
    assert nearest("x", []) == "there are none yet"
