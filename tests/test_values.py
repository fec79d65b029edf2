"""The house's dataclass does what the standard one does."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from vllm_doctor import values


@values.dataclass(frozen=True, slots=True, order=True)
class Place:
    """For pickle a class must stand in its module."""

    line: int
    words: tuple[str, ...] = ()
    note: str = dataclasses.field(default="", compare=False, repr=False)


def _both(**options: bool) -> list[Any]:
    made = []
    for decorate in (dataclasses.dataclass, values.dataclass):

        class Thing:
            """A thing."""

            name: str
            size: int = 1
            parts: list[str] = dataclasses.field(default_factory=list)
            hidden: str = dataclasses.field(default="h", repr=False, compare=False)

            __annotations__ = {"name": "str", "size": "int", "parts": "list[str]", "hidden": "str"}

            @property
            def doubled(self) -> int:
                return 2 * self.size

        made.append(decorate(**options)(Thing))
    return made


@pytest.mark.parametrize("options", [{}, {"slots": True}, {"frozen": True}, {"frozen": True, "slots": True}])
def test_values_are_made_compared_and_shown_as_the_standard_ones(options: dict[str, bool]) -> None:
    shown = []
    for thing in _both(**options):
        one, other = thing("a", parts=["p"]), thing("a", 1, ["p"], hidden="else")
        assert one == other
        assert one != thing("b")
        assert one.__eq__(1) is NotImplemented
        assert one.parts is not thing("a").parts
        assert one.doubled == 2
        assert dataclasses.replace(one, size=3) == thing("a", 3, ["p"])
        assert dataclasses.asdict(one) == {"name": "a", "size": 1, "parts": ["p"], "hidden": "h"}
        assert hasattr(one, "__dict__") != options.get("slots", False)
        assert thing.__match_args__ == ("name", "size", "parts", "hidden")
        shown.append(repr(one))
    assert shown[0] == shown[1]


def test_a_frozen_value_refuses_changes_and_a_plain_one_takes_them() -> None:
    for thing in _both(frozen=True, slots=True):
        one = thing("a")
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.size = 2
        with pytest.raises(dataclasses.FrozenInstanceError):
            del one.size
    for thing in _both(slots=True):
        one = thing("a")
        one.size = 2
        assert one.size == 2
        with pytest.raises(TypeError):
            hash(one)


@pytest.mark.parametrize("wrong", [{}, {"name": "a", "nme": 1}])
def test_a_wrong_argument_is_an_error_at_the_first_and_at_later_instances(wrong: dict[str, Any]) -> None:
    thing = _both(frozen=True)[1]
    for _ in range(2):
        with pytest.raises(TypeError, match=r"Thing\.__init__\(\)"):
            thing(**wrong)


def test_hash_order_copies_and_pickles() -> None:
    one = Place(1, ("a",), "n")
    assert {one: 1}[Place(1, ("a",))] == 1
    assert sorted([Place(2), one, Place(1)]) == [Place(1), one, Place(2)]
    assert Place(1) < one <= one < Place(2)
    assert Place(2) > one >= one
    assert not one < one
    assert copy.deepcopy(one) == one
    assert pickle.loads(pickle.dumps(one)).note == "n"
    with pytest.raises(TypeError):
        one < 1  # noqa: B015


def test_own_methods_stay_and_inherited_fields_count() -> None:
    @values.dataclass(frozen=True)
    class Base:
        first: int

        def __post_init__(self) -> None:
            if self.first < 0:
                raise ValueError("below zero")

    @values.dataclass(frozen=True)
    class Child(Base):
        second: int = 2

        def __repr__(self) -> str:
            return "mine"

    assert (Child(1).first, Child(1).second, repr(Child(1))) == (1, 2, "mine")
    assert Base(1) != Child(1)
    with pytest.raises(ValueError, match="below zero"):
        Child(-1)


def test_identity_is_kept_where_no_equality_is_wanted() -> None:
    @values.dataclass(eq=False)
    class Node:
        name: str

    assert Node("a") != Node("a")
    assert hash(Node("a")) is not None


@pytest.mark.parametrize("made_before", [0, values.FEW])
@pytest.mark.parametrize("frozen", [False, True])
def test_the_first_instances_are_made_as_all_others(made_before: int, frozen: bool) -> None:
    """Compiled or not: the same values, and the same errors of arguments that do not fit."""
    for thing in _both(frozen=frozen):
        for _ in range(made_before):
            thing("x")
        assert thing("a", 2, hidden="k") == thing(name="a", size=2, parts=[])
        assert thing("a").parts is not thing("a").parts
        for wrong in ({}, {"name": "a", "colour": 1}):
            with pytest.raises(TypeError, match=r"missing 1 required|unexpected keyword"):
                thing(**wrong)
        with pytest.raises(TypeError, match="multiple values"):
            thing("a", name="b")
        with pytest.raises(TypeError, match="positional arguments"):
            thing("a", 1, [], "h", "more")


def test_a_plain_class_of_one_has_its_fields() -> None:
    """One that is not decorated itself, as a test's stand-in may be."""

    class Spot(Place):
        """A place."""

        __slots__ = ()

    spot = Spot(3, ("a",))
    assert (spot == Spot(3, ("a",)), spot == Place(3, ("a",))) == (True, False)
    assert repr(spot).endswith("Spot(line=3, words=('a',))")
    assert dataclasses.replace(spot, line=4) == Spot(4, ("a",))
    assert [item.name for item in dataclasses.fields(Spot)] == ["line", "words", "note"]


def test_a_decorated_class_of_one_adds_its_fields() -> None:
    """After those of the base, which keep their defaults; slots are not made twice."""

    @values.dataclass(frozen=True, slots=True)
    class Further(Place):
        """A place with more."""

        depth: int = 7

    assert Further(1) == Further(1, (), "other", 7)
    assert Further(1).depth == 7
    assert Further.__slots__ == ("depth",)
    assert dataclasses.asdict(Further(1)) == {"line": 1, "words": (), "note": "", "depth": 7}
