// The official Go client (v2) on its way through a collection's life.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/milvus-io/milvus/client/v2/column"
	"github.com/milvus-io/milvus/client/v2/entity"
	"github.com/milvus-io/milvus/client/v2/index"
	"github.com/milvus-io/milvus/client/v2/milvusclient"
	"github.com/milvus-io/milvus/pkg/v2/util/merr"
)

// What is called outside of steps belongs to none of them.
const between = "-"

func mark(label string) {
	response, err := http.Get(os.Getenv("ELANUS_CONTROL") + "/" + url.PathEscape(label))
	if err == nil {
		response.Body.Close()
	}
}

type outcome struct {
	Step  string   `json:"step"`
	Value any      `json:"value,omitempty"`
	Error *failure `json:"error,omitempty"`
}

type failure struct {
	Code    int32  `json:"code"`
	Message string `json:"message"`
}

func step(label string, work func() (any, error)) {
	mark(label)
	value, err := work()
	result := outcome{Step: label, Value: value}
	if err != nil {
		result.Error = &failure{merr.Code(err), err.Error()}
	}
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
	mark(between)
}

var vectors = [][]float32{{1, 0, 0, 0}, {2, 0, 0, 0}, {3, 0, 0, 0}}

func keys(sets []milvusclient.ResultSet) any {
	found := make([][]any, 0)
	for _, set := range sets {
		page := make([]any, 0)
		for i := 0; i < set.ResultCount; i++ {
			key, _ := set.IDs.Get(i)
			page = append(page, key)
		}
		found = append(found, page)
	}
	return found
}

func values(col column.Column) any {
	all := make([]any, 0)
	for i := 0; i < col.Len(); i++ {
		value, _ := col.Get(i)
		all = append(all, value)
	}
	return all
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var client *milvusclient.Client
	step("connect", func() (any, error) {
		var err error
		client, err = milvusclient.New(ctx, &milvusclient.ClientConfig{Address: os.Getenv("ELANUS_ADDRESS")})
		return nil, err
	})
	whole(ctx, client)
	client.Close(ctx)
}

func whole(ctx context.Context, client *milvusclient.Client) {
	step("quick create", func() (any, error) {
		return nil, client.CreateCollection(ctx, milvusclient.SimpleCreateCollectionOptions("quick", 4))
	})
	step("quick describe", func() (any, error) {
		described, err := client.DescribeCollection(ctx, milvusclient.NewDescribeCollectionOption("quick"))
		if err != nil {
			return nil, err
		}
		return map[string]any{"name": described.Name, "auto": described.Schema.AutoID, "fields": len(described.Schema.Fields)}, nil
	})
	step("quick index", func() (any, error) {
		described, err := client.DescribeIndex(ctx, milvusclient.NewDescribeIndexOption("quick", "vector"))
		if err != nil {
			return nil, err
		}
		return described.Params(), nil
	})
	// Old servers know no nulls.
	nulls := len(os.Args) < 2 || os.Args[1] != "without nulls"
	schema := entity.NewSchema().WithName("book").WithDynamicFieldEnabled(true).
		WithField(entity.NewField().WithName("id").WithDataType(entity.FieldTypeInt64).WithIsPrimaryKey(true)).
		WithField(entity.NewField().WithName("vec").WithDataType(entity.FieldTypeFloatVector).WithDim(4)).
		WithField(entity.NewField().WithName("title").WithDataType(entity.FieldTypeVarChar).WithMaxLength(20).WithNullable(nulls))
	step("create", func() (any, error) {
		return nil, client.CreateCollection(ctx, milvusclient.NewCreateCollectionOption("book", schema).WithConsistencyLevel(entity.ClStrong))
	})
	step("has", func() (any, error) {
		return client.HasCollection(ctx, milvusclient.NewHasCollectionOption("book"))
	})
	step("has not", func() (any, error) {
		return client.HasCollection(ctx, milvusclient.NewHasCollectionOption("none"))
	})
	step("create index", func() (any, error) {
		task, err := client.CreateIndex(ctx, milvusclient.NewCreateIndexOption("book", "vec", index.NewHNSWIndex(entity.L2, 8, 64)).WithIndexName("by_vec"))
		if err != nil {
			return nil, err
		}
		return nil, task.Await(ctx)
	})
	step("describe index", func() (any, error) {
		described, err := client.DescribeIndex(ctx, milvusclient.NewDescribeIndexOption("book", "by_vec"))
		if err != nil {
			return nil, err
		}
		return map[string]any{"name": described.Name(), "type": described.IndexType(), "params": described.Params()}, nil
	})
	step("create partition", func() (any, error) {
		return nil, client.CreatePartition(ctx, milvusclient.NewCreatePartitionOption("book", "novel"))
	})
	step("load", func() (any, error) {
		task, err := client.LoadCollection(ctx, milvusclient.NewLoadCollectionOption("book"))
		if err != nil {
			return nil, err
		}
		return nil, task.Await(ctx)
	})
	step("refresh", func() (any, error) {
		task, err := client.RefreshLoad(ctx, milvusclient.NewRefreshLoadOption("book"))
		if err != nil {
			return nil, err
		}
		return nil, task.Await(ctx)
	})
	var titles column.Column = column.NewColumnVarChar("title", []string{"a", "", "c"})
	if nulls {
		titles, _ = column.NewNullableColumnVarChar("title", []string{"a", "c"}, []bool{true, false, true})
	}
	step("insert", func() (any, error) {
		result, err := client.Insert(ctx, milvusclient.NewColumnBasedInsertOption("book").
			WithInt64Column("id", []int64{1, 2, 3}).WithFloatVectorColumn("vec", 4, vectors).WithColumns(titles))
		if err != nil {
			return nil, err
		}
		return map[string]any{"count": result.InsertCount, "ids": values(result.IDs)}, nil
	})
	step("insert into novel", func() (any, error) {
		option := milvusclient.NewRowBasedInsertOption("book", map[string]any{"id": int64(9), "vec": vectors[0], "title": "n", "color": "red"})
		option.WithPartition("novel") // what this returns has no rows
		_, err := client.Insert(ctx, option)
		return nil, err
	})
	search := func(partitions ...string) func() (any, error) {
		return func() (any, error) {
			option := milvusclient.NewSearchOption("book", 5, []entity.Vector{entity.FloatVector(vectors[0])}).WithANNSField("vec").WithOutputFields("title")
			sets, err := client.Search(ctx, option.WithPartitions(partitions...))
			if err != nil {
				return nil, err
			}
			return keys(sets), nil
		}
	}
	step("search", search())
	step("search nothing", func() (any, error) {
		sets, err := client.Search(ctx, milvusclient.NewSearchOption("book", 5, []entity.Vector{entity.FloatVector(vectors[0])}).
			WithANNSField("vec").WithFilter("id > 99").WithOutputFields("*"))
		if err != nil {
			return nil, err
		}
		return keys(sets), nil
	})
	step("search missing", func() (any, error) {
		return client.Search(ctx, milvusclient.NewSearchOption("none", 5, []entity.Vector{entity.FloatVector(vectors[0])}))
	})
	step("query missing", func() (any, error) {
		return client.Query(ctx, milvusclient.NewQueryOption("none").WithFilter("id > 0"))
	})
	step("query", func() (any, error) {
		set, err := client.Query(ctx, milvusclient.NewQueryOption("book").WithFilter("id <= 3").WithOutputFields("id", "title", "vec"))
		if err != nil {
			return nil, err
		}
		return map[string]any{"id": values(set.GetColumn("id")), "title": values(set.GetColumn("title")), "vec": values(set.GetColumn("vec"))}, nil
	})
	step("dynamic", func() (any, error) {
		set, err := client.Query(ctx, milvusclient.NewQueryOption("book").WithFilter(`color == "red"`).WithOutputFields("color"))
		if err != nil {
			return nil, err
		}
		return values(set.GetColumn("color")), nil
	})
	step("count", func() (any, error) {
		set, err := client.Query(ctx, milvusclient.NewQueryOption("book").WithOutputFields("count(*)"))
		if err != nil {
			return nil, err
		}
		return values(set.GetColumn("count(*)")), nil
	})
	step("upsert", func() (any, error) {
		result, err := client.Upsert(ctx, milvusclient.NewColumnBasedInsertOption("book").
			WithInt64Column("id", []int64{3}).WithFloatVectorColumn("vec", 4, vectors[:1]).WithVarcharColumn("title", []string{"new"}))
		return result.UpsertCount, err
	})
	step("delete", func() (any, error) {
		result, err := client.Delete(ctx, milvusclient.NewDeleteOption("book").WithInt64IDs("id", []int64{3}))
		return result.DeleteCount, err
	})
	step("flush", func() (any, error) {
		task, err := client.Flush(ctx, milvusclient.NewFlushOption("book"))
		if err != nil {
			return nil, err
		}
		return nil, task.Await(ctx)
	})
	step("statistics", func() (any, error) {
		return client.GetCollectionStats(ctx, milvusclient.NewGetCollectionStatsOption("book"))
	})
	// The guide, as it stands there.
	step("release", func() (any, error) {
		err := client.ReleasePartitions(ctx, milvusclient.NewReleasePartitionsOptions("book", "novel"))
		return nil, err
	})
	step("release again", func() (any, error) {
		return nil, client.ReleasePartitions(ctx, milvusclient.NewReleasePartitionsOptions("book", "novel"))
	})
	state := func(partitions ...string) func() (any, error) {
		return func() (any, error) {
			state, err := client.GetLoadState(ctx, milvusclient.NewGetLoadStateOption("book", partitions...))
			return int(state.State), err
		}
	}
	step("state of novel", state("novel"))
	step("state of book", state())
	step("search novel", search("novel"))
	step("search all", search())
	step("load novel", func() (any, error) {
		task, err := client.LoadPartitions(ctx, milvusclient.NewLoadPartitionsOption("book", "novel"))
		if err != nil {
			return nil, err
		}
		return nil, task.Await(ctx)
	})
	step("search novel again", search("novel"))
	step("unknown partition", func() (any, error) {
		return nil, client.ReleasePartitions(ctx, milvusclient.NewReleasePartitionsOptions("book", "x"))
	})
	step("unknown collection", func() (any, error) {
		return nil, client.ReleasePartitions(ctx, milvusclient.NewReleasePartitionsOptions("none", "x"))
	})
	step("no names", func() (any, error) {
		return nil, client.ReleasePartitions(ctx, milvusclient.NewReleasePartitionsOptions("book"))
	})
	if !nulls {
		return
	}
	step("add field", func() (any, error) {
		return nil, client.AddCollectionField(ctx, milvusclient.NewAddCollectionFieldOption("book", entity.NewField().WithName("late").WithDataType(entity.FieldTypeInt64).WithNullable(true)))
	})
	step("insert with the old schema", func() (any, error) {
		_, err := client.Insert(ctx, milvusclient.NewColumnBasedInsertOption("book").
			WithInt64Column("id", []int64{20}).WithFloatVectorColumn("vec", 4, vectors[:1]).WithVarcharColumn("title", []string{"late"}))
		return nil, err
	})
	step("databases", func() (any, error) {
		if err := client.CreateDatabase(ctx, milvusclient.NewCreateDatabaseOption("shelf")); err != nil {
			return nil, err
		}
		return client.ListDatabase(ctx, milvusclient.NewListDatabaseOption())
	})
	step("use database", func() (any, error) {
		if err := client.UseDatabase(ctx, milvusclient.NewUseDatabaseOption("shelf")); err != nil {
			return nil, err
		}
		return client.ListCollections(ctx, milvusclient.NewListCollectionOption())
	})
	step("wrong database", func() (any, error) {
		_, err := milvusclient.New(ctx, &milvusclient.ClientConfig{Address: os.Getenv("ELANUS_ADDRESS"), DBName: "none"})
		return nil, err
	})
	_ = client.UseDatabase(ctx, milvusclient.NewUseDatabaseOption("default"))
	step("aliases", func() (any, error) {
		if err := client.CreateAlias(ctx, milvusclient.NewCreateAliasOption("book", "other")); err != nil {
			return nil, err
		}
		return client.ListAliases(ctx, milvusclient.NewListAliasesOption("book"))
	})
	_ = client.DropAlias(ctx, milvusclient.NewDropAliasOption("other"))
	step("version", func() (any, error) {
		return client.GetServerVersion(ctx, milvusclient.NewGetServerVersionOption())
	})
	step("drop", func() (any, error) {
		return nil, client.DropCollection(ctx, milvusclient.NewDropCollectionOption("book"))
	})
}
