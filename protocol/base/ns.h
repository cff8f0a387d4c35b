/* XML namespace names, once. */
#pragma once

#define XMLNS_XML	      "http://www.w3.org/XML/1998/namespace"
#define XMLNS_XMLNS	      "http://www.w3.org/2000/xmlns/"
#define XMLNS_STREAM	      "http://etherx.jabber.org/streams"      /* RFC 6120 4.8 */
#define XMLNS_CLIENT	      "jabber:client"			      /* RFC 6120 4.8 */
#define XMLNS_COMPONENT	      "jabber:component:accept"		      /* XEP-0114 */
#define XMLNS_STREAM_ERROR    "urn:ietf:params:xml:ns:xmpp-streams"   /* RFC 6120 4.9 */
#define XMLNS_STANZA_ERROR    "urn:ietf:params:xml:ns:xmpp-stanzas"   /* RFC 6120 8.3 */
#define XMLNS_TLS	      "urn:ietf:params:xml:ns:xmpp-tls"	      /* RFC 6120 5 */
#define XMLNS_SASL	      "urn:ietf:params:xml:ns:xmpp-sasl"      /* RFC 6120 6 */
#define XMLNS_SASL2	      "urn:xmpp:sasl:2"			      /* XEP-0388 */
#define XMLNS_BIND	      "urn:ietf:params:xml:ns:xmpp-bind"      /* RFC 6120 7 */
#define XMLNS_SESSION	      "urn:ietf:params:xml:ns:xmpp-session"   /* RFC 3921 3 */
#define XMLNS_DELAY	      "urn:xmpp:delay"			      /* XEP-0203 */
#define XMLNS_SID	      "urn:xmpp:sid:0"			      /* XEP-0359 */
#define XMLNS_SM	      "urn:xmpp:sm:3"			      /* XEP-0198 */
#define XMLNS_PING	      "urn:xmpp:ping"			      /* XEP-0199 */
#define XMLNS_DISCO_INFO      "http://jabber.org/protocol/disco#info" /* XEP-0030 */
#define XMLNS_VERSION	      "jabber:iq:version"		      /* XEP-0092 */
#define XMLNS_TIME	      "urn:xmpp:time"			      /* XEP-0202 */
#define XMLNS_ROSTER	      "jabber:iq:roster"		      /* RFC 6121 2 */
#define XMLNS_MAM	      "urn:xmpp:mam:2"			      /* XEP-0313 */
#define XMLNS_COMMANDS	      "http://jabber.org/protocol/commands"   /* XEP-0050 */
#define XMLNS_CSI	      "urn:xmpp:csi:0"			      /* XEP-0352 */
#define XMLNS_CHANNEL_BINDING "urn:xmpp:sasl-cb:0"		      /* XEP-0440 */
#define XMLNS_STREAM_LIMITS   "urn:xmpp:stream-limits:0"	      /* XEP-0478 */
