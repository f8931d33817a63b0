import type { MessageSpecs } from "../wire/field-table.js";

/** Columns, and the requests that write them. */
export const dataMessages = {
  FieldData: {
    type: [1, "enum"],
    field_name: [2, "string"],
    scalars: [3, "ScalarField", "field"],
    vectors: [4, "VectorField", "field"],
    field_id: [5, "int64"],
    is_dynamic: [6, "bool"],
    valid_data: [7, "bool*"],
    struct_arrays: [8, "StructArrayField", "field"],
  },
  ScalarField: {
    bool_data: [1, "BoolArray", "data"],
    int_data: [2, "IntArray", "data"],
    long_data: [3, "LongArray", "data"],
    float_data: [4, "FloatArray", "data"],
    double_data: [5, "DoubleArray", "data"],
    string_data: [6, "StringArray", "data"],
    bytes_data: [7, "BytesArray", "data"],
    array_data: [8, "ArrayArray", "data"],
    json_data: [9, "JSONArray", "data"],
    geometry_data: [10, "GeometryArray", "data"],
    timestamptz_data: [11, "TimestamptzArray", "data"],
    geometry_wkt_data: [12, "GeometryWktArray", "data"],
    valid_data: [17, "bool*"],
  },
  BoolArray: {
    data: [1, "bool*"],
  },
  IntArray: {
    data: [1, "int32*"],
  },
  LongArray: {
    data: [1, "int64*"],
  },
  FloatArray: {
    data: [1, "float*"],
  },
  DoubleArray: {
    data: [1, "double*"],
  },
  BytesArray: {
    data: [1, "bytes*"],
  },
  StringArray: {
    data: [1, "string*"],
  },
  ArrayArray: {
    data: [1, "ScalarField*"],
    element_type: [2, "enum"],
  },
  JSONArray: {
    data: [1, "bytes*"],
  },
  GeometryArray: {
    data: [1, "bytes*"],
  },
  TimestamptzArray: {
    data: [1, "int64*"],
  },
  GeometryWktArray: {
    data: [1, "string*"],
  },
  VectorField: {
    dim: [1, "int64"],
    float_vector: [2, "FloatArray", "data"],
    binary_vector: [3, "bytes", "data"],
    float16_vector: [4, "bytes", "data"],
    bfloat16_vector: [5, "bytes", "data"],
    sparse_float_vector: [6, "SparseFloatArray", "data"],
    int8_vector: [7, "bytes", "data"],
    vector_array: [8, "VectorArray", "data"],
    valid_data: [9, "bool*"],
  },
  SparseFloatArray: {
    contents: [1, "bytes*"],
    dim: [2, "int64"],
  },
  VectorArray: {
    dim: [1, "int64"],
    data: [2, "VectorField*"],
    element_type: [3, "enum"],
  },
  StructArrayField: {
    fields: [1, "FieldData*"],
  },
  IDs: {
    int_id: [1, "LongArray", "id_field"],
    str_id: [2, "StringArray", "id_field"],
  },
  InsertRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    partition_name: [4, "string"],
    fields_data: [5, "FieldData*"],
    num_rows: [7, "uint32"],
    schema_timestamp: [8, "uint64"],
    namespace: [9, "string", "optional"],
  },
  UpsertRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    partition_name: [4, "string"],
    fields_data: [5, "FieldData*"],
    num_rows: [7, "uint32"],
    schema_timestamp: [8, "uint64"],
    partial_update: [9, "bool"],
    namespace: [10, "string", "optional"],
    field_ops: [11, "FieldPartialUpdateOp*"],
  },
  FieldPartialUpdateOp: {
    field_name: [1, "string"],
    op: [2, "enum"],
  },
  DeleteRequest: {
    db_name: [2, "string"],
    collection_name: [3, "string"],
    partition_name: [4, "string"],
    expr: [5, "string"],
    expr_template_values: [8, "TemplateValue{}"],
    namespace: [9, "string", "optional"],
  },
  MutationResult: {
    status: [1, "Status"],
    IDs: [2, "IDs"],
    succ_index: [3, "uint32*"],
    err_index: [4, "uint32*"],
    insert_cnt: [6, "int64"],
    delete_cnt: [7, "int64"],
    upsert_cnt: [8, "int64"],
    timestamp: [9, "uint64"],
  },
} as const satisfies MessageSpecs;
