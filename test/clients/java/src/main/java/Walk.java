import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.milvus.client.MilvusServiceClient;
import io.milvus.common.clientenum.ConsistencyLevelEnum;
import io.milvus.grpc.DataType;
import io.milvus.grpc.MutationResult;
import io.milvus.grpc.SearchResults;
import io.milvus.param.ConnectParam;
import io.milvus.param.IndexType;
import io.milvus.param.MetricType;
import io.milvus.param.R;
import io.milvus.param.collection.CollectionSchemaParam;
import io.milvus.param.collection.CreateCollectionParam;
import io.milvus.param.collection.DropCollectionParam;
import io.milvus.param.collection.FieldType;
import io.milvus.param.collection.FlushParam;
import io.milvus.param.collection.GetLoadStateParam;
import io.milvus.param.collection.HasCollectionParam;
import io.milvus.param.collection.LoadCollectionParam;
import io.milvus.param.dml.DeleteParam;
import io.milvus.param.dml.InsertParam;
import io.milvus.param.dml.QueryParam;
import io.milvus.param.dml.SearchParam;
import io.milvus.param.index.CreateIndexParam;
import io.milvus.param.partition.CreatePartitionParam;
import io.milvus.param.partition.DropPartitionParam;
import io.milvus.param.partition.LoadPartitionsParam;
import io.milvus.param.partition.ReleasePartitionsParam;
import io.milvus.response.QueryResultsWrapper;
import io.milvus.response.SearchResultsWrapper;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.exception.MilvusClientException;
import io.milvus.v2.service.collection.request.AddCollectionFieldReq;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.collection.request.GetLoadStateReq;
import io.milvus.v2.service.collection.request.HasCollectionReq;
import io.milvus.v2.service.collection.request.LoadCollectionReq;
import io.milvus.v2.service.collection.request.RefreshLoadReq;
import io.milvus.v2.service.database.request.CreateDatabaseReq;
import io.milvus.v2.service.index.request.CreateIndexReq;
import io.milvus.v2.service.partition.request.CreatePartitionReq;
import io.milvus.v2.service.partition.request.DropPartitionReq;
import io.milvus.v2.service.partition.request.LoadPartitionsReq;
import io.milvus.v2.service.partition.request.ReleasePartitionsReq;
import io.milvus.v2.service.vector.request.DeleteReq;
import io.milvus.v2.service.vector.request.GetReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The official Java client on its way through a collection's life: {@code java Walk v1|v2}. */
public final class Walk {
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String ADDRESS = System.getenv("ELANUS_ADDRESS");
  private static final List<String> NOVEL = List.of("novel");

  private interface Step {
    Object run() throws Exception;
  }

  public static void main(String[] parameters) throws Exception {
    if (parameters[0].equals("v2")) v2();
    else v1();
  }

  /** Runs a step and prints what came of it. */
  private static void step(String name, Step step) throws Exception {
    String label = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    URI mark = URI.create(System.getenv("ELANUS_CONTROL") + "/" + label);
    HTTP.send(HttpRequest.newBuilder(mark).build(), HttpResponse.BodyHandlers.discarding());
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("step", name);
    try {
      outcome.put("value", step.run());
    } catch (MilvusClientException error) {
      outcome.put("error", error(error.getServerErrCode(), error.getMessage()));
    } catch (Refused error) {
      outcome.put("error", error(error.status, error.getMessage()));
    }
    System.out.println(GSON.toJson(outcome));
  }

  private static Map<String, Object> error(int code, String message) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", message);
    return error;
  }

  /** A reply of the older classes that is no success. */
  private static final class Refused extends Exception {
    final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  private static <T> T ok(R<T> reply) throws Refused {
    if (reply.getStatus() != 0) throw new Refused(reply.getStatus(), reply.getMessage());
    return reply.getData();
  }

  private static JsonObject row(long id, float first, String title) {
    JsonObject row = new JsonObject();
    row.addProperty("id", id);
    row.addProperty("title", title);
    row.add("vec", GSON.toJsonTree(List.of(first, 0f)));
    return row;
  }

  private static void v2() throws Exception {
    MilvusClientV2 client = new MilvusClientV2(ConnectConfig.builder().uri("http://" + ADDRESS).build());
    step("create", () -> {
      CreateCollectionReq.CollectionSchema schema = client.createSchema();
      schema.addField(AddFieldReq.builder().fieldName("id").dataType(io.milvus.v2.common.DataType.Int64).isPrimaryKey(true).build());
      schema.addField(AddFieldReq.builder().fieldName("title").dataType(io.milvus.v2.common.DataType.VarChar).maxLength(99).build());
      schema.addField(AddFieldReq.builder().fieldName("vec").dataType(io.milvus.v2.common.DataType.FloatVector).dimension(2).build());
      client.createCollection(CreateCollectionReq.builder().collectionName("book").collectionSchema(schema).consistencyLevel(ConsistencyLevel.STRONG).build());
      return client.hasCollection(HasCollectionReq.builder().collectionName("book").build());
    });
    step("index", () -> {
      IndexParam index = IndexParam.builder().fieldName("vec").indexName("vec_index")
          .indexType(IndexParam.IndexType.HNSW).metricType(IndexParam.MetricType.L2)
          .extraParams(Map.of("M", 16, "efConstruction", 100)).build();
      client.createIndex(CreateIndexReq.builder().collectionName("book").indexParams(List.of(index)).build());
      return null;
    });
    step("partition", () -> {
      client.createPartition(CreatePartitionReq.builder().collectionName("book").partitionName("novel").build());
      return null;
    });
    step("load", () -> {
      client.loadCollection(LoadCollectionReq.builder().collectionName("book").build());
      return client.getLoadState(GetLoadStateReq.builder().collectionName("book").build());
    });
    step("insert", () -> {
      client.insert(InsertReq.builder().collectionName("book").partitionName("novel").data(List.of(row(1, 1f, "Moby-Dick"))).build());
      return client.insert(InsertReq.builder().collectionName("book").data(List.of(row(2, 2f, "Ulysses"), row(9007199254740993L, 3f, "Emma"))).build()).getPrimaryKeys();
    });
    step("search", () -> v2Search(client, null, "id > 0"));
    step("no hits", () -> v2Search(client, null, "id < 0"));
    step("query", () -> client.query(QueryReq.builder().collectionName("book").filter("title like \"M%\"").outputFields(List.of("title")).build())
        .getQueryResults().stream().map(r -> r.getEntity()).collect(Collectors.toList()));
    step("get", () -> client.get(GetReq.builder().collectionName("book").ids(List.of(9007199254740993L)).outputFields(List.of("id", "title")).build())
        .getGetResults().stream().map(r -> r.getEntity()).collect(Collectors.toList()));
    step("release", () -> {
      client.releasePartitions(ReleasePartitionsReq.builder().collectionName("book").partitionNames(NOVEL).build());
      client.releasePartitions(ReleasePartitionsReq.builder().collectionName("book").partitionNames(NOVEL).build());
      return Arrays.asList(
          client.getLoadState(GetLoadStateReq.builder().collectionName("book").partitionName("novel").build()),
          client.getLoadState(GetLoadStateReq.builder().collectionName("book").build()));
    });
    step("search released", () -> v2Search(client, NOVEL, ""));
    step("search the rest", () -> v2Search(client, null, ""));
    step("release unknown", () -> {
      client.releasePartitions(ReleasePartitionsReq.builder().collectionName("book").partitionNames(List.of("nope")).build());
      return null;
    });
    step("release of unknown", () -> {
      client.releasePartitions(ReleasePartitionsReq.builder().collectionName("nobody").partitionNames(NOVEL).build());
      return null;
    });
    step("load partition", () -> {
      client.loadPartitions(LoadPartitionsReq.builder().collectionName("book").partitionNames(NOVEL).build());
      return v2Search(client, NOVEL, "");
    });
    step("drop loaded", () -> {
      client.dropPartition(DropPartitionReq.builder().collectionName("book").partitionName("novel").build());
      return null;
    });
    step("delete", () -> client.delete(DeleteReq.builder().collectionName("book").ids(List.of(2L)).build()).getDeleteCnt());
    step("drop", () -> {
      client.releasePartitions(ReleasePartitionsReq.builder().collectionName("book").partitionNames(NOVEL).build());
      client.dropPartition(DropPartitionReq.builder().collectionName("book").partitionName("novel").build());
      client.dropCollection(DropCollectionReq.builder().collectionName("book").build());
      return client.hasCollection(HasCollectionReq.builder().collectionName("book").build());
    });
    step("quick create", () -> {
      client.createCollection(CreateCollectionReq.builder().collectionName("quick").dimension(2).build());
      return client.describeCollection(DescribeCollectionReq.builder().collectionName("quick").build()).getFieldNames();
    });
    step("quick loads by itself", () -> {
      client.insert(InsertReq.builder().collectionName("quick").data(List.of(GSON.fromJson("{\"id\":1,\"vector\":[1,0]}", JsonObject.class))).build());
      return client.getLoadState(GetLoadStateReq.builder().collectionName("quick").build());
    });
    step("refresh", () -> {
      client.refreshLoad(RefreshLoadReq.builder().collectionName("quick").build());
      return null;
    });
    step("add field", () -> {
      client.addCollectionField(AddCollectionFieldReq.builder().collectionName("quick").fieldName("late")
          .dataType(io.milvus.v2.common.DataType.Int64).isNullable(true).build());
      return null;
    });
    step("use database", () -> {
      client.createDatabase(CreateDatabaseReq.builder().databaseName("shelf").build());
      client.useDatabase("shelf");
      return client.listCollections().getCollectionNames();
    });
    step("describe missing", () -> client.describeCollection(DescribeCollectionReq.builder().collectionName("book").build()).getCollectionName());
    client.close();
  }

  private static Object v2Search(MilvusClientV2 client, List<String> partitions, String filter) {
    SearchReq.SearchReqBuilder request = SearchReq.builder().collectionName("book").annsField("vec")
        .data(Collections.singletonList(new FloatVec(List.of(1f, 0f)))).limit(3).filter(filter)
        .consistencyLevel(ConsistencyLevel.STRONG).outputFields(List.of("title"));
    if (partitions != null) request.partitionNames(partitions);
    return client.search(request.build()).getSearchResults().get(0).stream()
        .map(hit -> Arrays.asList(hit.getId(), hit.getScore(), hit.getEntity().get("title")))
        .collect(Collectors.toList());
  }

  private static void v1() throws Exception {
    String[] parts = ADDRESS.split(":");
    MilvusServiceClient milvusClient = new MilvusServiceClient(
        ConnectParam.newBuilder().withHost(parts[0]).withPort(Integer.parseInt(parts[1])).build());
    step("create", () -> {
      CollectionSchemaParam schema = CollectionSchemaParam.newBuilder()
          .addFieldType(FieldType.newBuilder().withName("id").withDataType(DataType.Int64).withPrimaryKey(true).build())
          .addFieldType(FieldType.newBuilder().withName("title").withDataType(DataType.VarChar).withMaxLength(99).build())
          .addFieldType(FieldType.newBuilder().withName("vec").withDataType(DataType.FloatVector).withDimension(2).build())
          .build();
      ok(milvusClient.createCollection(CreateCollectionParam.newBuilder().withCollectionName("book").withSchema(schema).withConsistencyLevel(ConsistencyLevelEnum.STRONG).build()));
      return ok(milvusClient.hasCollection(HasCollectionParam.newBuilder().withCollectionName("book").build()));
    });
    step("index", () -> {
      ok(milvusClient.createIndex(CreateIndexParam.newBuilder().withCollectionName("book").withFieldName("vec").withIndexName("vec_index")
          .withIndexType(IndexType.HNSW).withMetricType(MetricType.L2).withExtraParam("{\"M\":16,\"efConstruction\":100}").withSyncMode(true).build()));
      return null;
    });
    step("partition", () -> {
      ok(milvusClient.createPartition(CreatePartitionParam.newBuilder().withCollectionName("book").withPartitionName("novel").build()));
      return null;
    });
    step("load", () -> {
      ok(milvusClient.loadCollection(LoadCollectionParam.newBuilder().withCollectionName("book").build()));
      return loadState(milvusClient, null);
    });
    step("insert", () -> {
      v1Insert(milvusClient, "novel", List.of(1L), List.of("Moby-Dick"), List.of(List.of(1f, 0f)));
      MutationResult result = v1Insert(milvusClient, "_default", List.of(2L, 9007199254740993L), List.of("Ulysses", "Emma"),
          List.of(List.of(2f, 0f), List.of(3f, 0f)));
      return result.getIDs().getIntId().getDataList();
    });
    step("flush", () -> {
      ok(milvusClient.flush(FlushParam.newBuilder().addCollectionName("book").withSyncFlush(true).build()));
      return null;
    });
    step("search", () -> v1Search(milvusClient, List.of(), "id > 0"));
    step("no hits", () -> v1Search(milvusClient, List.of(), "id < 0"));
    step("query", () -> new QueryResultsWrapper(ok(milvusClient.query(QueryParam.newBuilder().withCollectionName("book")
        .withExpr("title like \"M%\"").withOutFields(List.of("title")).build()))).getRowRecords().stream()
        .map(record -> record.getFieldValues()).collect(Collectors.toList()));
    step("release", () -> {
      for (int i = 0; i < 2; i++) {
        ok(milvusClient.releasePartitions(ReleasePartitionsParam.newBuilder().withCollectionName("book").withPartitionNames(List.of("novel")).build()));
      }
      return Arrays.asList(loadState(milvusClient, "novel"), loadState(milvusClient, null));
    });
    step("search released", () -> v1Search(milvusClient, NOVEL, ""));
    step("search the rest", () -> v1Search(milvusClient, List.of(), ""));
    step("release unknown", () -> ok(milvusClient.releasePartitions(
        ReleasePartitionsParam.newBuilder().withCollectionName("book").withPartitionNames(List.of("nope")).build())).getMsg());
    step("release of unknown", () -> ok(milvusClient.releasePartitions(
        ReleasePartitionsParam.newBuilder().withCollectionName("nobody").withPartitionNames(NOVEL).build())).getMsg());
    step("load partition", () -> {
      ok(milvusClient.loadPartitions(LoadPartitionsParam.newBuilder().withCollectionName("book").withPartitionNames(NOVEL).build()));
      return v1Search(milvusClient, NOVEL, "");
    });
    step("drop loaded", () -> ok(milvusClient.dropPartition(
        DropPartitionParam.newBuilder().withCollectionName("book").withPartitionName("novel").build())).getMsg());
    step("delete", () -> ok(milvusClient.delete(DeleteParam.newBuilder().withCollectionName("book").withExpr("id in [2]").build())).getDeleteCnt());
    step("drop", () -> {
      ok(milvusClient.releasePartitions(ReleasePartitionsParam.newBuilder().withCollectionName("book").withPartitionNames(NOVEL).build()));
      ok(milvusClient.dropPartition(DropPartitionParam.newBuilder().withCollectionName("book").withPartitionName("novel").build()));
      ok(milvusClient.dropCollection(DropCollectionParam.newBuilder().withCollectionName("book").build()));
      return ok(milvusClient.hasCollection(HasCollectionParam.newBuilder().withCollectionName("book").build()));
    });
    milvusClient.close();
  }

  private static String loadState(MilvusServiceClient client, String partition) throws Refused {
    GetLoadStateParam.Builder request = GetLoadStateParam.newBuilder().withCollectionName("book");
    if (partition != null) request.addPartitionName(partition);
    return ok(client.getLoadState(request.build())).getState().name();
  }

  private static MutationResult v1Insert(MilvusServiceClient client, String partition, List<Long> ids, List<String> titles,
      List<List<Float>> vectors) throws Refused {
    return ok(client.insert(InsertParam.newBuilder().withCollectionName("book").withPartitionName(partition).withFields(List.of(
        new InsertParam.Field("id", ids), new InsertParam.Field("title", titles), new InsertParam.Field("vec", vectors))).build()));
  }

  private static Object v1Search(MilvusServiceClient client, List<String> partitions, String expr) throws Refused {
    R<SearchResults> reply = client.search(SearchParam.newBuilder().withCollectionName("book").withPartitionNames(partitions)
        .withMetricType(MetricType.L2).withVectorFieldName("vec").withFloatVectors(List.of(List.of(1f, 0f))).withLimit(3L)
        .withExpr(expr).withOutFields(List.of("title")).withParams("{\"ef\":64}").build());
    SearchResultsWrapper hits = new SearchResultsWrapper(ok(reply).getResults());
    return hits.getIDScore(0).stream()
        .map(hit -> Arrays.asList(hit.getLongID(), hit.getScore(), hit.getFieldValues().get("title")))
        .collect(Collectors.toList());
  }
}
