/** Every number taken from the Milvus manual ("Milvus Limits") or from the server's defaults. */
export const MIN_DIMENSION = 2;
export const MAX_DIMENSION = 32768;
export const MAX_VARCHAR_LENGTH_BYTES = 65535;
/** Server default `proxy.maxTextLength`. */
export const MAX_TEXT_BYTES = 2_097_152;
/** One JSON value, and the dynamic part of one row. */
export const MAX_JSON_BYTES = 65536;
export const MAX_ARRAY_CAPACITY = 4096;
export const MAX_VECTOR_FIELDS = 10;
export const MAX_PARTITIONS = 1024;
export const DEFAULT_PARTITION_KEY_PARTITIONS = 64;
export const MAX_SHARDS = 16;
export const MAX_DATABASES = 64;
export const MAX_COLLECTIONS = 65536;
/** Top-k, nq, and offset + limit of search and query. */
export const MAX_RESULT_WINDOW = 16384;
export const DEFAULT_LIMIT = 100;
/** Hits of one search, all query vectors together (ours). */
export const MAX_HITS = 1_048_576;
/** Bytes of the values in one answer: server default `quotaAndLimits.limits.maxOutputSize`. */
export const MAX_REPLY_BYTES = 100 * 1024 * 1024;
/** Server default `quotaAndLimits.limits.maxGroupSize`. */
export const MAX_GROUP_SIZE = 10;
export const MAX_NAME_LENGTH = 255;
/** Values in the templates of one filter, those in lists each: our own limit, since each becomes a constant of the filter. */
export const MAX_TEMPLATE_VALUES = 1_000_000;
/** Server default `proxy.http.maxRequestBodySize`-class limit: 64 MB. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Users, with `root`. Server default `proxy.maxUserNum`. */
export const MAX_USERS = 100;
/** Roles, with `admin` and `public`. Server default `proxy.maxRoleNum`. */
export const MAX_ROLES = 10;
/** Resource groups, with the default one. Server default `quotaAndLimits.limits.maxResourceGroupNumOfQueryNode`. */
export const MAX_RESOURCE_GROUPS = 1024;
export const MAX_USER_NAME_BYTES = 32;
export const PASSWORD_BYTES = { least: 6, most: 72 } as const;
/** Characters of one text of a request that is neither a filter nor a text to be analyzed (ours). */
export const MAX_REQUEST_TEXT = 65_536;
/** Names and definitions in all lists of a request together (ours): as many as a database has collections. */
export const MAX_REQUEST_ITEMS = 65_536;
/** Aliases, indexes and snapshots of a collection, pins of a snapshot, privilege groups and file resources: so many of each (ours). */
export const MAX_OF_A_KIND = 1024;
/** What is granted to all roles together (ours): as many as a database has collections. */
export const MAX_GRANTS = 65_536;
/** Parameters, or properties, of one thing (ours). */
export const MAX_PARAMETERS = 1024;
/** Bytes of their keys and values together (ours). A server keeps them in etcd, which takes no more than 1.5 MB at a time. */
export const MAX_PARAMETER_BYTES = 1_048_576;
/** Of a user or a role. */
export const MAX_DESCRIPTION_BYTES = 1024;
