#include <stdlib.h>

#include "man/xsopage.h"
#include "protocol/vocab/vocab.h"

static const char head[] =
	".\\\" Made by man/gen-xso-page from the tables of the classes: do not edit.\n"
	".Dd November 23, 2026\n"
	".Dt STANZAD-XSO 7\n"
	".Os\n"
	".Sh NAME\n"
	".Nm stanzad-xso\n"
	".Nd the classes of XML stream objects, and their fields in JSON\n"
	".Sh DESCRIPTION\n"
	"An XSO is one element of an XML stream as a value; typed, it is a JSON object whose\n"
	".Fa kind\n"
	"names its class and whose other members are the fields of that class.\n"
	".Xr stanzad-protocol 7\n"
	"says which rules hold for all of them; this page is what\n"
	".Xr stanzad 8\n"
	"works by: every class that it has, in the order of their names.\n"
	"One of them as JSON Schema:\n"
	".Pp\n"
	".Dl stanzactl call xso.schema \\(aq{\"kind\":\"delay\"}\\(aq\n"
	".Pp\n"
	"Of each field it says what it is in the element and what in JSON;\n"
	"a star marks those that are required.\n"
	"An element or attribute without a namespace is in that of the element around it.\n"
	"Every class has two further fields, for what it has no place for:\n"
	".Bl -tag -width Ds\n"
	".It Fa other\n"
	"the children that are none of the others, and text where there is none of the class:\n"
	"an array of XSOs and strings.\n"
	".It Fa other_attrs\n"
	"the attributes that are none of the others: an object of strings.\n"
	".El\n"
	".Pp\n"
	"The examples are an object of the class by itself and the element that it stands for.\n"
	"As a field of another class it has no\n"
	".Fa kind .\n"
	"Without a namespace of its own an element is in that of the stream, which is\n"
	".Ql jabber:client .\n"
	".Pp\n"
	"Values:\n"
	".Bl -tag -width Ds -compact\n"
	".It string\n"
	"any text\n"
	".It JID\n"
	"an address as in RFC 7622, kept as it was written\n"
	".It date and time , date , time\n"
	"as in XEP-0082:\n"
	".Ql 2026-11-22T18:00:00Z\n"
	".It base64 , hex\n"
	"bytes as in RFC 4648\n"
	".It true\n"
	"the element is there; it has no content\n"
	".El\n"
	".Sh CLASSES\n";

static const char tail[] =
	".Sh SEE ALSO\n"
	".Xr stanzactl 1 ,\n"
	".Xr stanzad-protocol 7 ,\n"
	".Xr stanzad 8\n"
	".Sh STANDARDS\n"
	"The classes name the RFCs of the IETF and the XEPs of the XMPP Standards\n"
	"Foundation that define their elements,\n"
	".Lk https://www.rfc-editor.org\n"
	"and\n"
	".Lk https://xmpp.org/extensions/ .\n";

static int by_kind(const void *a, const void *b)
{
	const struct xso_class *const *x = a, *const *y = b;

	return strcmp((*x)->kind.p, (*y)->kind.p);
}

static const struct xso_class **sorted_classes(const struct xso_registry *r)
{
	size_t n = xso_registry_count(r);
	const struct xso_class **classes = calloc(n, sizeof(*classes));

	if (!classes)
		abort();
	for (size_t i = 0; i < n; i++)
		classes[i] = xso_registry_at(r, i);
	qsort(classes, n, sizeof(*classes), by_kind);
	return classes;
}

int main(int argc, char **argv)
{
	const struct xso_registry *r = vocab_registry();
	const struct xso_class **classes;

	if (argc != 2) {
		fputs("usage: gen-xso-page EXAMPLES-FOLDER >stanzad-xso.7\n", stderr);
		return EXIT_FAILURE;
	}
	xsopage_load_examples(argv[1], r);
	classes = sorted_classes(r);
	fputs(head, stdout);
	for (size_t i = 0; i < xso_registry_count(r); i++) {
		xsopage_class(stdout, classes[i], r);
		xsopage_example(stdout, classes[i]);
	}
	free(classes);
	fputs(tail, stdout);
	return fflush(stdout) || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
