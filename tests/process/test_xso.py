#!/usr/bin/python3
"""Classes and forms of XSOs as clients see them: xso.classes, xso.schema, xso.convert, and the examples of
stanzad-xso(7), which is made when the tree is built."""

import json
import os
import re
import xml.etree.ElementTree

from harness import STANZAD, Client, Daemon, Skip, check, equal, main, new_dir, test

PAGE = os.path.join(os.path.dirname(STANZAD), "man", "stanzad-xso.7")
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "transcripts", "xso")
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def page():
    """{kind: (JSON, XML)} of the page's examples, and all kinds that it has."""
    escapes = {"e": "\\", "-": "-", "&": "", "(aq": "'", "(dq": '"', "(ha": "^", "(ga": "`", "(ti": "~"}

    def plain(text):
        def one(m):
            return chr(int(m[1][2:-1], 16)) if m[1].startswith("[u") else escapes[m[1]]

        return re.sub(r"\\(\[u[0-9A-F]+\]|\([a-z]{2}|.)", one, text)

    with open(PAGE, encoding="ascii") as f:
        sections = re.split(r'(?m)^\.Ss "\\&(.*)"\n', f.read().split(".Sh SEE ALSO")[0])
    kinds = sections[1::2]
    found = {}
    for kind, text in zip(kinds, sections[2::2]):
        example = re.search(r"(?ms)^\.Bd -literal.*?\n(.*?)\n\n(.*?)\n\.Ed$", text)
        if example:
            found[kind] = plain(example[1]), plain(example[2])
    return found, kinds


def schemas(c):
    return {s["kind"]: c.call("xso.schema", kind=s["kind"]) for s in c.call("xso.classes")}


def validator(all_schemas, any_schema):
    """validate(instance): the first thing that is wrong with a typed object, or None."""
    try:
        import jsonschema
    except ImportError:
        raise Skip("python3-jsonschema is missing")
    store = {s["$id"]: s for s in [*all_schemas.values(), any_schema]}

    def validate(instance):
        schema = all_schemas[instance["kind"]]
        resolver = jsonschema.RefResolver(schema["$id"], schema, store=store)
        errors = jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(instance)
        return next((f"{list(e.absolute_path)}: {e.message}" for e in errors), None)

    for s in store.values():
        jsonschema.Draft202012Validator.check_schema(s)
    return validate


def spaceless(e):
    """A raw element without white space between elements."""
    if isinstance(e, str):
        return e
    children = [spaceless(child) for child in e.get("children", ())]
    if any(not isinstance(child, str) for child in children):
        children = [child for child in children if not isinstance(child, str) or child.strip()]
    return {**e, "children": children}


def elements():
    """Every example of tests/transcripts/xso: (name of the file, XML)."""
    xml.etree.ElementTree.register_namespace("", "jabber:client")
    for name in sorted(os.listdir(EXAMPLES)):
        if name.endswith(".xml"):
            for e in xml.etree.ElementTree.parse(os.path.join(EXAMPLES, name)).getroot():
                e.tail = None
                yield name, xml.etree.ElementTree.tostring(e, encoding="unicode")


@test("xso.classes lists each class once, with its element and holders")
def _():
    with Daemon() as d, d.client() as c:
        classes = c.call("xso.classes")
        by_kind = {s["kind"]: s for s in classes}
        equal(len(by_kind), len(classes), "no kind twice")
        equal(by_kind["message"]["name"], "message")
        check("ns" not in by_kind["message"], "the stream's content namespace has no name here")
        equal((by_kind["delay"]["name"], by_kind["delay"]["ns"]), ("delay", "urn:xmpp:delay"))
        check("message" in by_kind["delay"]["within"], "a message can have a delay")
        equal(by_kind["features"]["within"], [], "on the top of a stream only")
        for s in classes:
            check(s["description"], s["kind"])
            check(set(s) <= {"kind", "name", "ns", "description", "within"}, str(s))
        equal(c.fails("xso.classes", -32602, {"kind": "delay"}).data["path"], "/kind")


@test("xso.schema gives every class, and any; what is none is -32602")
def _():
    with Daemon() as d, d.client() as c:
        components = c.call("rpc.discover")["components"]["schemas"]
        for kind, schema in schemas(c).items():
            equal(schema["$schema"], DIALECT, kind)
            equal(schema["$id"], "kind:" + kind)
            equal(schema["kind"], kind)
            equal(schema["properties"]["kind"], {"const": kind})
            equal(components[kind], schema, "rpc.discover has the same")
            for name in schema.get("required", ()):
                check(name in schema["properties"], f"{kind}: {name} is required and no property")
        equal(c.call("xso.schema", kind="any"), components["any"])
        for kind in ("", "no-such", "Message", "message ", "kind:message", "x" * 300):
            error = c.fails("xso.schema", -32602, {"kind": kind})
            equal(error.data["path"], "/kind", repr(kind))
        equal(c.fails("xso.schema", -32602).data["path"], "/kind")
        equal(c.fails("xso.schema", -32602, {"kind": ["message"]}).data["path"], "/kind")
        equal(c.fails("xso.schema", -32602, {"kind": "message", "format": "typed"}).data["path"], "/format")


@test("xso.classes, xso.schema and xso.convert need no right and no stream")
def _():
    folder = new_dir()
    with open(folder + "/c", "w"):
        pass
    with Daemon(args=["--system", "--config", folder + "/c", "--socket", folder + "/s", "--state-dir", folder + "/d"],
                socket_path=folder + "/s") as d, Client.as_user(d.socket_path, 4321) as c:
        check(c.call("xso.classes"), "there are classes")
        equal(c.call("xso.schema", kind="delay")["kind"], "delay")
        equal(c.call("xso.convert", xso="<presence/>"), {"xso": {"kind": "presence"}})


@test("xso.convert: what a class cannot take is invalid-xso with the place, and typed only there")
def _():
    with Daemon() as d, d.client() as c:
        bad = {"name": "iq", "attrs": {"type": "get", "id": "1"}}
        equal(c.call("xso.convert", xso=bad, format="raw")["xso"], bad)
        check("payload" in c.fails("xso.convert", "invalid-xso", xso=bad, format="typed").message, "says which")
        for xso, path in (({"kind": "message", "delay": {"stamp": "now"}}, "/xso/delay/stamp"),
                          ({"kind": "message", "bodies": [{"lang": "de"}]}, "/xso/bodies/0/text"),
                          ({"kind": "message", "priority": 1}, "/xso/priority"),
                          ({"kind": "presence", "priority": 128}, "/xso/priority"),
                          ({"kind": "error", "type": "cancel"}, "/xso/condition")):
            equal(c.fails("xso.convert", "invalid-xso", xso=xso, format="xml").data["path"], path)
        for xso in (None, 1, True, [], ["<a/>"]):
            equal(c.fails("xso.convert", -32602, xso=xso).data["path"], "/xso", repr(xso))
        for format in ("", "json", "Typed", None, 0):
            equal(c.fails("xso.convert", -32602, xso="<a/>", format=format).data["path"], "/format", repr(format))


@test("stanzad-xso(7) has every class, each with an example")
def _():
    with Daemon() as d, d.client() as c:
        examples, kinds = page()
        equal(kinds, sorted(s["kind"] for s in c.call("xso.classes")))
        equal(sorted(set(kinds) - set(examples)), [], "without an example in tests/transcripts/xso")


@test("stanzad-xso(7): each example is what its JSON and its XML stand for, both ways")
def _():
    with Daemon() as d, d.client() as c:
        def convert(xso, format):
            return c.call("xso.convert", xso=xso, format=format)["xso"]

        for kind, (text, element) in page()[0].items():
            typed = json.loads(text)
            equal(typed["kind"], kind)
            equal(convert(convert(typed, "xml"), "typed"), typed, kind)
            equal(convert(element, "typed"), typed, kind)
            equal(spaceless(convert(element, "raw")), spaceless(convert(typed, "raw")), kind)


@test("the schemas hold for all examples, of stanzad-xso(7) and of the specifications")
def _():
    with Daemon() as d, d.client() as c:
        validate = validator(schemas(c), c.call("xso.schema", kind="any"))
        for kind, (text, _) in page()[0].items():
            equal(validate(json.loads(text)), None, kind)
        for name, element in elements():
            typed = c.call("xso.convert", xso=element)["xso"]
            if "kind" in typed:
                equal(validate(typed), None, f"{name}: {element}")


@test("a schema refuses what its class refuses")
def _():
    with Daemon() as d, d.client() as c:
        validate = validator(schemas(c), c.call("xso.schema", kind="any"))
        stamp = "2026-11-22T18:00:00Z"
        for xso in ({"kind": "delay"}, {"kind": "delay", "stamp": 1}, {"kind": "delay", "stamp": stamp, "x": 1},
                    {"kind": "message", "type": "gossip"}, {"kind": "message", "body": None},
                    {"kind": "message", "bodies": "x"}, {"kind": "message", "bodies": [{"lang": "de"}]},
                    {"kind": "message", "delay": {"stamp": stamp, "nonsense": 1}}, {"kind": "message", "delay": []},
                    {"kind": "message", "stanza_ids": {"id": "1", "by": "a"}}, {"kind": "message", "other": "x"},
                    {"kind": "message", "other_attrs": {"x": 1}}, {"kind": "presence", "priority": 128},
                    {"kind": "presence", "priority": 1.5}, {"kind": "presence", "show": ""},
                    {"kind": "iq", "type": "get", "id": "1"}, {"kind": "iq", "type": "error", "id": "1"},
                    {"kind": "iq", "type": "result"}, {"kind": "error", "type": "wait", "condition": "tired"},
                    {"kind": "iq", "type": "set", "id": "1", "payload": "<a/>", "other": [{"name": "b"}]},
                    {"kind": "stream_error"}, {"kind": "features", "csi": "yes"}):
            check(validate(xso), f"the schema lets {xso} through")
            c.fails("xso.convert", "invalid-xso", xso=xso, format="xml")
        for xso in ({"kind": "message"}, {"kind": "delay", "stamp": stamp, "other_attrs": {"x": "y"}},
                    {"kind": "message", "other": ["text", {"name": "x"}], "delay": {"stamp": stamp}},
                    {"kind": "iq", "type": "get", "id": "1", "payload": "<a/>"},
                    {"kind": "iq", "type": "result", "id": "1"}):
            equal(validate(xso), None, str(xso))
            c.call("xso.convert", xso=xso, format="xml")


main()
