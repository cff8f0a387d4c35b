#include "protocol/vocab/files.h"

#include "protocol/xso/xso_macros.h"

/* XEP-0066; what people paste as a URL is not always one */
struct oob {
	struct xso xso;
	struct strview sid, url, desc;
};

static const struct xso_field oob_class_fields[] = {
	XSO_CHILD_TEXT(struct oob, url, "", "url", xso_string, .flags = XSO_REQUIRED),
	XSO_CHILD_TEXT(struct oob, desc, "", "desc", xso_string),
};
XSO_CLASS(oob_class, struct oob, "oob", XMLNS_OOB, "x", "The URL of something (XEP-0066)");

static const struct xso_field oob_query_class_fields[] = {
	XSO_ATTR(struct oob, sid, "sid", xso_string),
	XSO_CHILD_TEXT(struct oob, url, "", "url", xso_string, .flags = XSO_REQUIRED),
	XSO_CHILD_TEXT(struct oob, desc, "", "desc", xso_string),
};
XSO_CLASS(oob_query_class, struct oob, "oob_query", XMLNS_OOB_QUERY, "query",
	  "Request to fetch a URL (XEP-0066)");

struct url_data {
	struct xso xso;
	struct strview target, sid;
	struct xso_list descs;
};

static const struct xso_field url_data_class_fields[] = {
	XSO_ATTR(struct url_data, target, "target", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR(struct url_data, sid, "sid", xso_string),
	XSO_LANG_TEXTS(struct url_data, descs, "desc", "", "desc"),
};
XSO_CLASS(url_data_class, struct url_data, "url_data", XMLNS_URL_DATA, "url-data",
	  "A URL and what is known of it (XEP-0103)");

struct media_uri {
	struct xso xso;
	struct strview type, uri;
};

static const struct xso_field media_uri_class_fields[] = {
	XSO_ATTR(struct media_uri, type, "type", xso_string, .flags = XSO_REQUIRED),
	XSO_TEXT(struct media_uri, uri, xso_string),
};
XSO_CLASS(media_uri_class, struct media_uri, "media_uri", XMLNS_MEDIA, "uri",
	  "Where a medium is, and of which type (XEP-0221)");

static const struct xso_field media_class_fields[] = {
	XSO_ATTR_INT(struct media, height, "height", xso_uint16),
	XSO_ATTR_INT(struct media, width, "width", xso_uint16),
	XSO_MANY(struct media, uris, media_uri_class, XMLNS_MEDIA, "uri"),
};
XSO_CLASS(media_class, struct media, "media", XMLNS_MEDIA, "media",
	  "A picture or sound in a form, in several types (XEP-0221)");

/* Also an iq's payload; there is no data in a request. */
struct bob {
	struct xso xso;
	struct strview cid, type, data;
	int64_t max_age;
};

static const struct xso_field bob_class_fields[] = {
	XSO_ATTR(struct bob, cid, "cid", xso_string, .flags = XSO_REQUIRED),
	XSO_ATTR_INT(struct bob, max_age, "max-age", xso_uint),
	XSO_ATTR(struct bob, type, "type", xso_string),
	XSO_TEXT(struct bob, data, xso_base64),
};
XSO_CLASS(bob_class, struct bob, "bob", XMLNS_BOB, "data", "A small bit of data (XEP-0231)");

static const struct xso_field thumbnail_class_fields[] = {
	XSO_ATTR(struct thumbnail, uri, "uri", xso_uri, .flags = XSO_REQUIRED),
	XSO_ATTR(struct thumbnail, media_type, "media-type", xso_string),
	XSO_ATTR_INT(struct thumbnail, width, "width", xso_uint16),
	XSO_ATTR_INT(struct thumbnail, height, "height", xso_uint16),
};
XSO_CLASS(thumbnail_class, struct thumbnail, "thumbnail", XMLNS_THUMBS, "thumbnail",
	  "Where a small picture of a file is (XEP-0264)");

static const struct xso_field hash_class_fields[] = {
	XSO_ATTR(struct hash, algo, "algo", xso_string, .flags = XSO_REQUIRED),
	XSO_TEXT(struct hash, value, xso_base64),
};
XSO_CLASS(hash_class, struct hash, "hash", XMLNS_HASHES, "hash", "A hash of data (XEP-0300)");

struct file_metadata {
	struct xso xso;
	struct strview media_type, name, date;
	int64_t size, width, height, length;
	struct xso_list descs, hashes, thumbnails;
};

static const struct xso_field file_metadata_class_fields[] = {
	XSO_CHILD_TEXT(struct file_metadata, media_type, "", "media-type", xso_string),
	XSO_CHILD_TEXT(struct file_metadata, name, "", "name", xso_string),
	XSO_CHILD_TEXT(struct file_metadata, date, "", "date", xso_datetime, .flags = XSO_LENIENT),
	XSO_CHILD_INT(struct file_metadata, size, "", "size", xso_uint, .flags = XSO_LENIENT),
	XSO_CHILD_INT(struct file_metadata, width, "", "width", xso_uint32, .flags = XSO_LENIENT),
	XSO_CHILD_INT(struct file_metadata, height, "", "height", xso_uint32, .flags = XSO_LENIENT),
	XSO_CHILD_INT(struct file_metadata, length, "", "length", xso_uint, .flags = XSO_LENIENT),
	XSO_LANG_TEXTS(struct file_metadata, descs, "desc", "", "desc"),
	XSO_MANY(struct file_metadata, hashes, hash_class, XMLNS_HASHES, "hash"),
	XSO_MANY(struct file_metadata, thumbnails, thumbnail_class, XMLNS_THUMBS, "thumbnail"),
};
XSO_CLASS(file_metadata_class, struct file_metadata, "file_metadata", XMLNS_FILE_METADATA, "file",
	  "What is known of a file (XEP-0446)");

/* In a file_sharing, or alone, for one that was shared before. */
struct file_sources {
	struct xso xso;
	struct strview id;
	struct xso_list url_datas;
};

static const struct xso_field file_sources_class_fields[] = {
	XSO_ATTR(struct file_sources, id, "id", xso_string),
	XSO_MANY(struct file_sources, url_datas, url_data_class, XMLNS_URL_DATA, "url-data"),
};
XSO_CLASS(file_sources_class, struct file_sources, "file_sources", XMLNS_SFS, "sources",
	  "Where a file can be had (XEP-0447)");

static const struct strview dispositions[] = {
	XSO_SV("attachment"),
	XSO_SV("inline"),
};
static const struct xso_type disposition = XSO_ENUM_TYPE("disposition", dispositions);

struct file_sharing {
	struct xso xso;
	unsigned disposition;
	struct strview id;
	struct file_metadata *file;
	struct file_sources *sources;
};

static const struct xso_field file_sharing_class_fields[] = {
	XSO_ATTR_ENUM(struct file_sharing, disposition, "disposition", disposition,
		      .flags = XSO_LENIENT),
	XSO_ATTR(struct file_sharing, id, "id", xso_string),
	XSO_ONE(struct file_sharing, file, struct file_metadata, file_metadata_class,
		XMLNS_FILE_METADATA, "file", .flags = XSO_REQUIRED),
	XSO_ONE(struct file_sharing, sources, struct file_sources, file_sources_class, XMLNS_SFS,
		"sources"),
};
XSO_CLASS(file_sharing_class, struct file_sharing, "file_sharing", XMLNS_SFS, "file-sharing",
	  "A file that is shared (XEP-0447)");
