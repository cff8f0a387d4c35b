/* Files and other data that messages bring or point to. */
#pragma once

#include "protocol/xso/xso_class.h"

#define XMLNS_OOB	    "jabber:x:oob"			  /* XEP-0066 */
#define XMLNS_OOB_QUERY	    "jabber:iq:oob"			  /* ... */
#define XMLNS_URL_DATA	    "http://jabber.org/protocol/url-data" /* XEP-0103 */
#define XMLNS_MEDIA	    "urn:xmpp:media-element"		  /* XEP-0221 */
#define XMLNS_BOB	    "urn:xmpp:bob"			  /* XEP-0231 */
#define XMLNS_THUMBS	    "urn:xmpp:thumbs:1"			  /* XEP-0264 */
#define XMLNS_HASHES	    "urn:xmpp:hashes:2"			  /* XEP-0300 */
#define XMLNS_FILE_METADATA "urn:xmpp:file:metadata:0"		  /* XEP-0446 */
#define XMLNS_SFS	    "urn:xmpp:sfs:0"			  /* XEP-0447 */

/* XEP-0221: in a field of a data form */
struct media {
	struct xso xso;
	int64_t height, width;
	struct xso_list uris; /* of struct media_uri */
};

/* XEP-0264 */
struct thumbnail {
	struct xso xso;
	struct strview uri, media_type;
	int64_t width, height;
};

/* XEP-0300 */
struct hash {
	struct xso xso;
	struct strview algo, value;
};

extern const struct xso_class oob_class, oob_query_class;
extern const struct xso_class url_data_class;
extern const struct xso_class media_class, media_uri_class;
extern const struct xso_class bob_class;
extern const struct xso_class thumbnail_class, hash_class;
extern const struct xso_class file_metadata_class;
extern const struct xso_class file_sharing_class, file_sources_class;
