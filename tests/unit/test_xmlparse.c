/* What streams the parser takes and what it answers, however the bytes are cut. */
#include "protocol/base/ns.h"
#include "tests/unit/suite.h"
#include "tests/unit/xmlfeed.h"

#define ROOT                                                                                       \
	"<stream:stream xmlns='jabber:client' xmlns:stream='" XMLNS_STREAM                         \
	"' id='1' from='a.example' version='1.0' xml:lang='en'>"
#define HEAD	      ROOT_IN_XML10 ROOT
#define ROOT_IN_XML10 "<?xml version='1.0'?>"
#define E_HEAD	      "H -|a.example|1|1.0|en|jabber:client\n"
#define ROW(in, events)                                                                            \
	{                                                                                          \
		{ in, sizeof(in) - 1 }, events                                                     \
	}
/* behind a header */
#define BODY(in, events) ROW(HEAD in, E_HEAD events)

#define NOT_WF		 "! not-well-formed\n"
#define RESTRICTED	 "! restricted-xml\n"
#define ENCODING	 "! unsupported-encoding\n"
#define BOM		 "\xef\xbb\xbf"

static const struct {
	struct strview in;
	const char *events;
} rows[] = {
	/* --- headers --- */
	ROW(ROOT, E_HEAD),
	ROW("\n " ROOT, E_HEAD),
	ROW(BOM HEAD, E_HEAD),
	ROW("<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n" ROOT, E_HEAD),
	ROW("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" ROOT, E_HEAD),
	ROW(BOM "<?xml version='1.0' encoding='UTF-8'?>" ROOT, E_HEAD),
	ROW("<stream xmlns='" XMLNS_STREAM "' to='b'>", "H b|-|-|-|-|" XMLNS_STREAM "\n"),
	ROW("<s:stream xmlns:s='" XMLNS_STREAM "' xmlns='' from=''>", "H -||-|-|-|\n"),
	ROW("<s:stream xmlns:s='" XMLNS_STREAM "' s:to='b' lang='de' id='&lt;&#x41;'>",
	    "H -|-|<A|-|-|-\n"),
	ROW("<s:stream xmlns:s='" XMLNS_STREAM "'/>", "H -|-|-|-|-|-\nF\n"),
	ROW("<stream:stream xmlns:stream='http://etherx.jabber.org/stream'>",
	    "! invalid-namespace\n"),
	ROW("<stream>", "! invalid-namespace\n"),
	ROW("<stream:features xmlns:stream='" XMLNS_STREAM "'>", "! bad-format\n"),
	ROW("<stream:stream>", NOT_WF),
	ROW("HTTP/1.1 400 Bad Request\r\n\r\n", NOT_WF),
	ROW("\x15\x03\x01\x00\x02\x02\x28", NOT_WF),
	/* --- elements --- */
	BODY("<a/><b></b><c> </c>", "E <a/>\nE <b/>\nE <c> </c>\n"),
	BODY("<a>1<b>2</b>3<b/>4</a>", "E <a>1<b>2</b>3<b/>4</a>\n"),
	BODY("<a b='>' c='\"' d=\"'\"/>", "E <a b='&gt;' c='&quot;' d='&apos;'/>\n"),
	BODY("<a b='&amp;&lt;&gt;&quot;&apos;&#38;&#x3c;'>&amp;&lt;&gt;&quot;&apos;&#38;</a>",
	     "E <a b='&amp;&lt;&gt;&quot;&apos;&amp;&lt;'>&amp;&lt;&gt;\"'&amp;</a>\n"),
	BODY("<a b='&amp;amp;'>&amp;amp;</a>", "E <a b='&amp;amp;'>&amp;amp;</a>\n"),
	BODY("<a b=' x\ty\nz\r\n&#9;&#10;&#13; '/>", "E <a b=' x y z &#9;&#10;&#13; '/>\n"),
	BODY("<a>x\r\ny\rz&#13;</a>", "E <a>x\ny\nz&#13;</a>\n"),
	BODY("<a>1<![CDATA[<&>]]]]><![CDATA[>]]>2</a>", "E <a>1&lt;&amp;&gt;]]&gt;2</a>\n"),
	BODY("<a><![CDATA[]]></a>", "E <a/>\n"),
	BODY("<a>\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82</a>",
	     "E <a>\xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82</a>\n"),
	BODY("<\xc3\xa4 \xc3\xb6='\xc3\xbc'/>", "E <\xc3\xa4 \xc3\xb6='\xc3\xbc'/>\n"),
	BODY("<a>\x7f\xc2\x85&#x10FFFF;</a>", "E <a>\x7f\xc2\x85\xf4\x8f\xbf\xbf</a>\n"),
	BODY("\n\n<a/>\n \t\r\n<b/> ", "E <a/>\nE <b/>\n"),
	BODY("<a xml:lang='de'><b/></a><c/>", "E <a xml:lang='de'><b/></a>\nE <c/>\n"),
	BODY("<a xmlns=''><b/></a>", "E <a xmlns=''><b/></a>\n"),
	BODY("<a xmlns='x'><b xmlns='y'/><c/></a><d/>",
	     "E <a xmlns='x'><b xmlns='y'/><c/></a>\nE <d/>\n"),
	BODY("<p:a xmlns:p='x' p:q='1' q='2'><p:b/></p:a>",
	     "E <a xmlns='x' xmlns:ns0='x' ns0:q='1' q='2'><b/></a>\n"),
	BODY("<stream:features><x xmlns='y'/></stream:features>",
	     "E <stream:features><x xmlns='y'/></stream:features>\n"),
	BODY("<a xmlns='no uri {}'/><b xmlns='relative'/>",
	     "E <a xmlns='no uri {}'/>\nE <b xmlns='relative'/>\n"),
	BODY("<a xml:space='odd' xml:id='1 2'/><b/>",
	     "E <a xml:space='odd' xml:id='1 2'/>\nE <b/>\n"),
	BODY("<a>", ""),
	BODY("<a/><b", "E <a/>\n"),
	/* --- the end --- */
	BODY("<a/></stream:stream>", "E <a/>\nF\n"),
	BODY("</stream:stream>\n", "F\n"),
	BODY("</stream:stream><a/>&<!-- \xff", "F\n"),
	/* --- not well-formed --- */
	BODY("<a/><b></c>", "E <a/>\n" NOT_WF),
	BODY("<x:a xmlns:x='1'></y:a>", NOT_WF),
	BODY("<a/></stream>", "E <a/>\n" NOT_WF),
	BODY("<a b='1' b='2'/>", NOT_WF),
	BODY("<a xmlns:b='1' xmlns:b='1'/>", NOT_WF),
	BODY("<a b=1/>", NOT_WF),
	BODY("<a b='<'/><c/>", NOT_WF),
	BODY("<a>]]></a>", NOT_WF),
	BODY("<1/>", NOT_WF),
	BODY("< a/>", NOT_WF),
	BODY("<a/><?xml version='1.0'?>", "E <a/>\n" RESTRICTED),
	ROW(" <?xml version='1.0'?>" ROOT, RESTRICTED),
	ROW("<?xml version='2.0'?>" ROOT, NOT_WF),
	/* --- namespaces --- */
	BODY("<a/><b:c/><d/>", "E <a/>\n" NOT_WF),
	BODY("<a><b c:d='1'/></a>", NOT_WF),
	BODY("<a xmlns:b='1' xmlns:c='1' b:d='' c:d=''/>", NOT_WF),
	BODY("<a xmlns:xml='urn:x'/>", NOT_WF),
	BODY("<a xmlns:xmlns='urn:x'/>", NOT_WF),
	BODY("<a xmlns='http://www.w3.org/2000/xmlns/'/>", NOT_WF),
	BODY("<a xmlns:b=''/>", NOT_WF),
	BODY("<a:b:c xmlns:a='1'/>", NOT_WF),
	BODY("<:a/>", NOT_WF),
	/* --- bytes and characters --- */
	BODY("<a/><b>\xc0\xbc</b>", "E <a/>\n" NOT_WF),
	BODY("<a><![CDATA[\xc0\xbc]]></a>", NOT_WF),
	BODY("<a><![CDATA[\xe0\x80\xbc]]></a>", NOT_WF),
	BODY("<a b='\xc0\xa7'/>", NOT_WF),
	BODY("<a>\xed\xa0\x80</a>", NOT_WF),
	BODY("<a>\xf4\x90\x80\x80</a>", NOT_WF),
	BODY("<a>\xef\xbf\xbe</a>", NOT_WF),
	BODY("<a b='\xef\xbf\xbf'/>", NOT_WF),
	BODY("<a><![CDATA[\xef\xbf\xbf]]></a>", NOT_WF),
	BODY("<a>\x80</a>", NOT_WF),
	BODY("<a>\xc3</a>", NOT_WF),
	BODY("<a>\xfe</a>", NOT_WF),
	BODY("<a/>\0", "E <a/>\n" NOT_WF),
	BODY("<a>\0</a>", NOT_WF),
	BODY("<a><![CDATA[\0]]></a>", NOT_WF),
	BODY("<a\0/>", NOT_WF),
	BODY("<a>\x01</a>", NOT_WF),
	BODY("<a b='\x1f'/>", NOT_WF),
	BODY("<a><![CDATA[\x08]]></a>", NOT_WF),
	BODY("<a>&#0;</a>", NOT_WF),
	BODY("<a>&#1;</a>", NOT_WF),
	BODY("<a b='&#x1;'/>", NOT_WF),
	BODY("<a>&#xD800;</a>", NOT_WF),
	BODY("<a>&#xFFFE;</a>", NOT_WF),
	BODY("<a>&#x110000;</a>", NOT_WF),
	BODY("<a>&#99999999999999999999;</a>", NOT_WF),
	/* --- text at the top --- */
	BODY("<a/>text<b/>", "E <a/>\n! bad-format\n"),
	BODY("<a/>&amp;<b/>", "E <a/>\n! bad-format\n"),
	BODY("<![CDATA[x]]>", "! bad-format\n"),
	BODY("<a/>" BOM "<b/>", "E <a/>\n! bad-format\n"),
	/* --- restricted XML --- */
	ROW("<!DOCTYPE x>" ROOT, RESTRICTED),
	ROW("<?xml version='1.0'?><!DOCTYPE stream:stream SYSTEM 'file:///etc/passwd'>" ROOT,
	    RESTRICTED),
	ROW("<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>" ROOT "<m>&b;</m>", RESTRICTED),
	ROW("<!DOCTYPE x [<!ATTLIST message from CDATA 'evil'>]>" ROOT "<message/>", RESTRICTED),
	ROW("<!DOCTYPE x [<!ENTITY % p SYSTEM 'file:///etc/passwd'>%p;]>" ROOT, RESTRICTED),
	ROW("<!-- x -->" ROOT, RESTRICTED),
	ROW("<?pi x?>" ROOT, RESTRICTED),
	BODY("<a/><!-- x --><b/>", "E <a/>\n" RESTRICTED),
	BODY("<a><!-- x --></a>", RESTRICTED),
	BODY("<a><!-- x -- y --></a>", RESTRICTED),
	BODY("<a/><!-- never", "E <a/>\n" RESTRICTED),
	BODY("<a/><!--\xff-->", "E <a/>\n" RESTRICTED),
	BODY("<a><?pi?></a>", RESTRICTED),
	BODY("<a/><?never", "E <a/>\n" RESTRICTED),
	BODY("<a/><b>&nbsp;</b>", "E <a/>\n" RESTRICTED),
	BODY("<a b='&x;'/>", RESTRICTED),
	BODY("<a><!DOCTYPE b></a>", NOT_WF),
	/* --- encodings --- */
	ROW("<?xml version='1.0' encoding='ISO-8859-1'?>" ROOT, ENCODING),
	ROW("<?xml version='1.0' encoding='US-ASCII'?>" ROOT, ENCODING),
	ROW("<?xml version='1.0' encoding='UTF-7'?>" ROOT, ENCODING),
	ROW("<?xml version='1.0' encoding='UTF-16'?>" ROOT, ENCODING),
	ROW("<?xml version='1.0' encoding='bogus'?>" ROOT, ENCODING),
	ROW("<?xml version='1.0' encoding='ISO-8859-1'?><!DOCTYPE x [<!ENTITY a 'b'>]>" ROOT,
	    ENCODING),
	ROW("\xff\xfe<\0s\0", ENCODING),
	ROW("\xfe\xff\0<\0s", ENCODING),
	ROW("<\0?\0", ENCODING),
	ROW("\0<\0?", ENCODING),
	ROW("\0\0\0<", ENCODING),
};

static void check_row(int i, size_t max, unsigned seed)
{
	CLEANUP(buf_done) struct buf log = BUF_INIT;
	struct xmlparse *p = xmlparse_new(NULL);
	int r = max ? xmlfeed_cut(p, rows[i].in, max, &seed, &log)
		    : xmlfeed_push(p, rows[i].in, &log);

	buf_put_char(&log, '\0');
	ck_assert_msg(r == 0 && strcmp(log.p, rows[i].events) == 0,
		      "%.*s (pieces to %zu)\n%s instead of\n%s", SV_ARG(rows[i].in), max, log.p,
		      rows[i].events);
	xmlparse_free(p);
}

START_TEST(a_stream_brings_these_events_however_it_is_cut)
{
	check_row(_i, 0, 0);
	check_row(_i, 1, 0);
	for (unsigned seed = 0; seed < 60; seed++)
		check_row(_i, 2 + seed % 20, seed);
}
END_TEST

START_TEST(a_stream_that_is_relaxed_between_pushes_brings_the_same)
{
	CLEANUP(buf_done) struct buf log = BUF_INIT;
	struct xmlparse *p = xmlparse_new(NULL);
	int r = 0;

	for (size_t i = 0; i < rows[_i].in.n && r == 0; i++) {
		r = xmlfeed_push(p, (struct strview){ rows[_i].in.p + i, 1 }, &log);
		xmlparse_relax(p);
	}
	buf_put_char(&log, '\0');
	ck_assert_int_eq(r, 0);
	ck_assert_str_eq(log.p, rows[_i].events);
	xmlparse_free(p);
}
END_TEST

/* Nothing is told before its last byte is there, and then at once. */
START_TEST(each_event_comes_with_its_last_byte)
{
	static const char in[] = HEAD "<a b='>'/> <c>&amp;]]&gt;<![CDATA[>]]></c></stream:stream>";
	static const char *const ends[] = { ROOT, "<a b='>'/>", "</c>", "</stream:stream>" };
	static const char whats[] = { 'H', 'E', 'E', 'F' };
	CLEANUP(buf_done) struct buf log = BUF_INIT;
	struct xmlparse *p = xmlparse_new(NULL);
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t end = (size_t)(strstr(in, ends[i]) - in) + strlen(ends[i]);

		buf_clear(&log);
		for (; at < end - 1; at++)
			ck_assert_int_eq(xmlfeed_push(p, (struct strview){ in + at, 1 }, &log), 0);
		ck_assert_uint_eq(log.n, 0);
		ck_assert_int_eq(xmlfeed_push(p, (struct strview){ in + at++, 1 }, &log), 0);
		ck_assert_uint_gt(log.n, 0);
		ck_assert_int_eq(log.p[0], whats[i]);
	}
	xmlparse_free(p);
}
END_TEST

START_TEST(the_rest_is_what_follows_an_element_in_its_push)
{
	static const struct {
		struct strview behind;
	} behinds[] = {
		{ { "", 0 } },
		{ { "\r", 1 } },
		{ { "<b/>\r", 5 } },
		{ { "\n", 1 } },
		{ { "<iq/>\xff<", 7 } },
		{ { "\xc3", 1 } },
		{ { "<!-- --> \r", 10 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(behinds); i++) {
		CLEANUP(buf_done) struct buf in = BUF_INIT;
		struct xmlparse *p = xmlparse_new(NULL);
		struct xmlparse_event ev;

		buf_put_str(&in, HEAD "<proceed/>");
		buf_put_sv(&in, behinds[i].behind);
		ck_assert_int_eq(xmlparse_push(p, buf_view(&in)), 0);
		ck_assert(xmlparse_next(p, &ev) && ev.what == XMLPARSE_HEADER);
		ck_assert(xmlparse_next(p, &ev) && ev.what == XMLPARSE_ELEMENT);
		ck_assert_uint_eq(ev.rest, behinds[i].behind.n);
		xmlparse_free(p);
	}
}
END_TEST

START_TEST(it_knows_whether_something_has_begun)
{
	static const struct {
		const char *in;
		bool begun;
	} steps[] = {
		{ "", false },
		{ "<", true },
		{ "?xml version='1.0'?>", true },
		{ ROOT, false },
		{ "\n ", false },
		{ "<", true },
		{ "a", true },
		{ "><b/>", true },
		{ "</a>", false },
		{ "<a/>\n", false },
		{ "<a/>\xc3", true },
		{ "\xa4", true },
		{ "<", false /* that was text at the top */ },
	};
	CLEANUP(buf_done) struct buf log = BUF_INIT;
	struct xmlparse *p = xmlparse_new(NULL);

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		xmlfeed_push(p, strview_of(steps[i].in), &log);
		ck_assert_msg(xmlparse_in_element(p) == steps[i].begun, "after %s", steps[i].in);
	}
	xmlparse_free(p);
}
END_TEST

int main(void)
{
	static struct suite_test tests[8];
	size_t n = 0;

	tests[n++] = (struct suite_test){ a_stream_brings_these_events_however_it_is_cut,
					  ARRAY_SIZE(rows) };
	tests[n++] = (struct suite_test){ a_stream_that_is_relaxed_between_pushes_brings_the_same,
					  ARRAY_SIZE(rows) };
	tests[n++] = (struct suite_test){ each_event_comes_with_its_last_byte, 0 };
	tests[n++] = (struct suite_test){ the_rest_is_what_follows_an_element_in_its_push, 0 };
	tests[n++] = (struct suite_test){ it_knows_whether_something_has_begun, 0 };
	return suite_run("xmlparse", tests, n);
}
