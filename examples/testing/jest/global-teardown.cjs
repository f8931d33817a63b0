module.exports = () => globalThis.milvus.close();
