import { hybridTime } from "../../../values/hybrid-time.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";
import { collectionOf, oneOf, recordOf } from "./parts.js";

/** To the engine no name is the default database; these two want a name, and a blank one is refused as none. */
function databaseNamed(name: string): string {
  return name === "" ? " " : name;
}

export async function createDatabase(
  request: Received<"CreateDatabaseRequest">,
  call: RpcCall,
): Promise<Sent<"Status">> {
  await call.execute("databases/create", {
    dbName: databaseNamed(request.db_name),
    properties: recordOf(request.properties),
  });
  return {};
}

export async function dropDatabase(request: Received<"DropDatabaseRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("databases/drop", { dbName: databaseNamed(request.db_name) });
  return {};
}

export async function describeDatabase(
  request: Received<"DescribeDatabaseRequest">,
  call: RpcCall,
): Promise<Sent<"DescribeDatabaseResponse">> {
  const { data, facts } = await call.execute("databases/describe", { dbName: request.db_name || call.defaultDatabase });
  return {
    db_name: data.dbName,
    dbID: data.dbID,
    created_timestamp: hybridTime(facts?.[0]?.createdAt ?? 0),
    properties: data.properties,
  };
}

export async function listDatabases(
  _: Received<"ListDatabasesRequest">,
  call: RpcCall,
): Promise<Sent<"ListDatabasesResponse">> {
  const { data, facts = [] } = await call.execute("databases/list", {});
  return {
    db_names: data,
    created_timestamp: facts.map(({ createdAt }) => hybridTime(createdAt)),
    db_ids: facts.map(({ id }) => id),
  };
}

export async function alterDatabase(request: Received<"AlterDatabaseRequest">, call: RpcCall): Promise<Sent<"Status">> {
  const { properties, delete_keys: propertyKeys } = request;
  oneOf("database", properties, propertyKeys);
  const dbName = request.db_name || call.defaultDatabase;
  if (properties.length > 0) {
    await call.execute("databases/alter_properties", { dbName, properties: recordOf(properties) });
  } else await call.execute("databases/drop_properties", { dbName, propertyKeys });
  return {};
}

export async function createAlias(request: Received<"CreateAliasRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("aliases/create", { ...collectionOf(request), aliasName: request.alias });
  return {};
}

export async function alterAlias(request: Received<"AlterAliasRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("aliases/alter", { ...collectionOf(request), aliasName: request.alias });
  return {};
}

export async function dropAlias(request: Received<"DropAliasRequest">, call: RpcCall): Promise<Sent<"Status">> {
  await call.execute("aliases/drop", { dbName: request.db_name, aliasName: request.alias });
  return {};
}

export async function describeAlias(
  request: Received<"DescribeAliasRequest">,
  call: RpcCall,
): Promise<Sent<"DescribeAliasResponse">> {
  const { data } = await call.execute("aliases/describe", { dbName: request.db_name, aliasName: request.alias });
  return { db_name: data.dbName, alias: data.aliasName, collection: data.collectionName };
}

export async function listAliases(
  request: Received<"ListAliasesRequest">,
  call: RpcCall,
): Promise<Sent<"ListAliasesResponse">> {
  const { data } = await call.execute("aliases/list", {
    dbName: request.db_name,
    collectionName: request.collection_name,
  });
  return {
    db_name: request.db_name || call.defaultDatabase,
    collection_name: request.collection_name,
    aliases: data,
  };
}
