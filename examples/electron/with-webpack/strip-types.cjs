const { stripTypeScriptTypes } = require("node:module");

/** A loader of webpack: the types of a TypeScript file go, its lines stay where they are. */
module.exports = (text) => stripTypeScriptTypes(text);
