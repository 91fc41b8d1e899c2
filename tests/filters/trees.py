"""Random trees of every shape that the grammar has."""

from __future__ import annotations

from hypothesis import strategies as st

from spanglass.filters import syntax
from spanglass.filters.algebra import Wild
from spanglass.filters.fields import RELATED
from spanglass.filters.operands import AGGREGATES
from spanglass.filters.tokens import KEYWORDS

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
anything = st.text(characters, max_size=6)
words = st.from_regex(r"[^\W\d]\w{0,5}", fullmatch=True).filter(lambda word: word.upper() not in KEYWORDS)
dotted = st.one_of(words, st.sampled_from(["order", "and", "1a", "0", "null"]))

names = st.one_of(st.builds(syntax.Name, words), st.builds(syntax.Name, anything, st.just(True)))
parts = st.one_of(
    st.builds(syntax.Name, dotted),
    st.builds(syntax.Name, anything, st.just(True)),
    st.builds(syntax.Index, st.one_of(st.integers(0, 10**6), anything, st.just(Wild.ANY))),
)
fields = st.builds(lambda first, rest: syntax.Field((first, *rest)), names, st.lists(parts, max_size=3))
texts = st.builds(syntax.Text, anything)
numbers = st.builds(syntax.Number, st.sampled_from(["0", "5", "1.5", "1e6", "2E-3", "10k", "1h30m", "95%", "4MiB"]))
params = st.builds(syntax.Param, words)
leaves = st.one_of(fields, texts, numbers, params, st.builds(syntax.Boolean, st.booleans()), st.builds(syntax.Null))
flags = st.booleans()


def two_or_more(of):
    return st.lists(of, min_size=2, max_size=3).map(tuple)


def larger_values(values):
    return st.one_of(
        st.builds(syntax.Arith, st.sampled_from("+-*/"), values, values),
        st.builds(syntax.Negate, values),
        st.builds(syntax.Call, st.sampled_from(["now", "lower", "coalesce"]), st.lists(values, max_size=2).map(tuple)),
    )


values = st.recursive(leaves, larger_values, max_leaves=4)
escapes = st.one_of(st.none(), st.builds(syntax.Text, st.text(characters, min_size=1, max_size=1)))
simple = st.one_of(
    fields,
    texts,
    st.builds(syntax.Comparison, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), values, values),
    st.builds(syntax.Between, values, values, values, flags),
    st.builds(syntax.In, values, st.lists(values, min_size=1, max_size=3).map(tuple), flags),
    st.builds(syntax.In, values, st.tuples(params), flags, st.just(False)),
    st.builds(syntax.Matches, st.sampled_from(["like", "ilike"]), values, values, escapes, flags),
    st.builds(
        syntax.Matches,
        st.sampled_from(["rlike", "contains", "icontains", "starts", "ends", "match"]),
        values,
        values,
        st.none(),
        flags,
    ),
    st.builds(syntax.Is, values, st.sampled_from([None, True, False]), flags),
    st.builds(syntax.Distinct, values, values, flags),
    st.builds(syntax.Present, fields),
)


def larger_conditions(conditions):
    blocks = st.builds(syntax.Block, st.one_of(st.none(), conditions))
    links = st.builds(syntax.Link, st.sampled_from([">>", ">", "<<", "<", "~", "THEN"]), blocks, flags)
    chains = st.builds(syntax.Chain, blocks, st.lists(links, min_size=1, max_size=2).map(tuple))
    relations = st.builds(syntax.Relation, st.sampled_from(sorted(RELATED)), blocks)
    sets = st.one_of(blocks, chains, relations)
    counted = st.builds(lambda name, over: syntax.Call(name, (over,)), st.sampled_from(AGGREGATES), sets)
    folded = st.builds(lambda name, *args: syntax.Call(name, args), st.sampled_from(AGGREGATES), fields, sets)
    of_block = st.builds(lambda block, first, rest: syntax.Field((first, *rest), block), blocks, names, st.lists(parts))
    return st.one_of(
        sets,
        st.builds(syntax.And, two_or_more(conditions)),
        st.builds(syntax.Or, two_or_more(conditions)),
        st.builds(syntax.Not, conditions),
        st.builds(syntax.Quantified, st.sampled_from(["ANY", "NONE"]), st.one_of(blocks, chains)),
        st.builds(syntax.Quantified, st.just("ALL"), blocks),
        st.builds(syntax.AllOf, blocks, conditions),
        st.builds(syntax.Comparison, st.just(">"), st.one_of(counted, folded, of_block), values),
    )


conditions = st.recursive(simple, larger_conditions, max_leaves=8)
keys = st.builds(syntax.Key, values, flags, flags)
queries = st.builds(
    syntax.Query,
    st.one_of(st.none(), conditions),
    st.lists(keys, max_size=2).map(tuple),
    st.one_of(st.none(), st.integers(1, 10**9)),
)
