// The official Go SDK (v1) on its way through a collection's life.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/milvus-io/milvus-sdk-go/v2/client"
	"github.com/milvus-io/milvus-sdk-go/v2/entity"
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
	Message string `json:"message"`
}

func step(label string, work func() (any, error)) {
	mark(label)
	value, err := work()
	result := outcome{Step: label, Value: value}
	if err != nil {
		result.Error = &failure{err.Error()}
	}
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
	mark(between)
}

var vectors = [][]float32{{1, 0, 0, 0}, {2, 0, 0, 0}, {3, 0, 0, 0}}

func values(column entity.Column) any {
	all := make([]any, 0)
	if column == nil {
		return all
	}
	for i := 0; i < column.Len(); i++ {
		value, _ := column.Get(i)
		all = append(all, value)
	}
	return all
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var milvus client.Client
	step("connect", func() (any, error) {
		var err error
		milvus, err = client.NewClient(ctx, client.Config{Address: os.Getenv("ELANUS_ADDRESS")})
		return nil, err
	})
	schema := entity.NewSchema().WithName("book").WithDynamicFieldEnabled(true).
		WithField(entity.NewField().WithName("id").WithDataType(entity.FieldTypeInt64).WithIsPrimaryKey(true)).
		WithField(entity.NewField().WithName("vec").WithDataType(entity.FieldTypeFloatVector).WithDim(4)).
		WithField(entity.NewField().WithName("title").WithDataType(entity.FieldTypeVarChar).WithMaxLength(20))
	step("create", func() (any, error) {
		return nil, milvus.CreateCollection(ctx, schema, 1, client.WithConsistencyLevel(entity.ClStrong))
	})
	step("has", func() (any, error) {
		return milvus.HasCollection(ctx, "book")
	})
	step("has not", func() (any, error) {
		return milvus.HasCollection(ctx, "none")
	})
	step("create index", func() (any, error) {
		hnsw, err := entity.NewIndexHNSW(entity.L2, 8, 64)
		if err != nil {
			return nil, err
		}
		return nil, milvus.CreateIndex(ctx, "book", "vec", hnsw, false, client.WithIndexName("by_vec"))
	})
	step("describe index", func() (any, error) {
		indexes, err := milvus.DescribeIndex(ctx, "book", "vec")
		if err != nil {
			return nil, err
		}
		return map[string]any{"count": len(indexes), "name": indexes[0].Name(), "type": indexes[0].IndexType()}, nil
	})
	step("create partition", func() (any, error) {
		return nil, milvus.CreatePartition(ctx, "book", "novel")
	})
	step("partitions", func() (any, error) {
		partitions, err := milvus.ShowPartitions(ctx, "book")
		names := make([]string, 0)
		for _, partition := range partitions {
			if partition.ID != 0 {
				names = append(names, partition.Name)
			}
		}
		return names, err
	})
	step("load", func() (any, error) {
		return nil, milvus.LoadCollection(ctx, "book", false)
	})
	step("insert", func() (any, error) {
		keys, err := milvus.Insert(ctx, "book", "", entity.NewColumnInt64("id", []int64{1, 2, 3}),
			entity.NewColumnFloatVector("vec", 4, vectors), entity.NewColumnVarChar("title", []string{"a", "b", "c"}))
		return values(keys), err
	})
	step("insert into novel", func() (any, error) {
		_, err := milvus.InsertRows(ctx, "book", "novel", []interface{}{map[string]any{"id": int64(9), "vec": vectors[0], "title": "n", "color": "red"}})
		return nil, err
	})
	search := func(filter string, partitions ...string) func() (any, error) {
		return func() (any, error) {
			parameters, err := entity.NewIndexHNSWSearchParam(32)
			if err != nil {
				return nil, err
			}
			results, err := milvus.Search(ctx, "book", partitions, filter, []string{"title"},
				[]entity.Vector{entity.FloatVector(vectors[0])}, "vec", entity.L2, 5, parameters)
			if err != nil {
				return nil, err
			}
			found := make([]any, 0)
			for _, result := range results {
				found = append(found, map[string]any{"ids": values(result.IDs), "titles": values(result.Fields.GetColumn("title")), "scores": result.Scores})
			}
			return found, nil
		}
	}
	step("search", search(""))
	step("search nothing", search("id > 99"))
	step("query", func() (any, error) {
		rows, err := milvus.Query(ctx, "book", nil, "id <= 3", []string{"id", "title", "vec"})
		if err != nil {
			return nil, err
		}
		return map[string]any{"id": values(rows.GetColumn("id")), "title": values(rows.GetColumn("title")), "vec": values(rows.GetColumn("vec"))}, nil
	})
	step("count", func() (any, error) {
		rows, err := milvus.Query(ctx, "book", nil, "", []string{"count(*)"})
		if err != nil {
			return nil, err
		}
		return values(rows.GetColumn("count(*)")), nil
	})
	step("get", func() (any, error) {
		rows, err := milvus.Get(ctx, "book", entity.NewColumnInt64("id", []int64{2}), client.GetWithOutputFields("id", "title"))
		if err != nil {
			return nil, err
		}
		return values(rows.GetColumn("title")), nil
	})
	step("upsert", func() (any, error) {
		keys, err := milvus.Upsert(ctx, "book", "", entity.NewColumnInt64("id", []int64{3}),
			entity.NewColumnFloatVector("vec", 4, vectors[:1]), entity.NewColumnVarChar("title", []string{"new"}))
		return values(keys), err
	})
	step("delete", func() (any, error) {
		return nil, milvus.Delete(ctx, "book", "", "id in [3]")
	})
	step("delete by keys", func() (any, error) {
		return nil, milvus.DeleteByPks(ctx, "book", "", entity.NewColumnInt64("id", []int64{2}))
	})
	step("flush", func() (any, error) {
		return nil, milvus.Flush(ctx, "book", false)
	})
	step("statistics", func() (any, error) {
		return milvus.GetCollectionStatistics(ctx, "book")
	})
	// The guide, as it stands there.
	step("release", func() (any, error) {
		milvusClient := milvus
		err := milvusClient.ReleasePartitions(ctx, "book", []string{"novel"})
		return nil, err
	})
	step("release again", func() (any, error) {
		return nil, milvus.ReleasePartitions(ctx, "book", []string{"novel"})
	})
	state := func(partitions ...string) func() (any, error) {
		return func() (any, error) {
			return milvus.GetLoadState(ctx, "book", partitions)
		}
	}
	step("state of novel", state("novel"))
	step("state of book", state())
	step("search novel", search("", "novel"))
	step("search all", search(""))
	step("load novel", func() (any, error) {
		return nil, milvus.LoadPartitions(ctx, "book", []string{"novel"}, false)
	})
	step("search novel again", search("", "novel"))
	step("unknown partition", func() (any, error) {
		return nil, milvus.ReleasePartitions(ctx, "book", []string{"x"})
	})
	step("unknown collection", func() (any, error) {
		return nil, milvus.ReleasePartitions(ctx, "none", []string{"x"})
	})
	step("no names", func() (any, error) {
		return nil, milvus.ReleasePartitions(ctx, "book", []string{})
	})
	step("databases", func() (any, error) {
		if err := milvus.CreateDatabase(ctx, "shelf"); err != nil {
			return nil, err
		}
		databases, err := milvus.ListDatabases(ctx)
		names := make([]string, 0)
		for _, database := range databases {
			names = append(names, database.Name)
		}
		return names, err
	})
	step("use database", func() (any, error) {
		if err := milvus.UsingDatabase(ctx, "shelf"); err != nil {
			return nil, err
		}
		collections, err := milvus.ListCollections(ctx)
		return len(collections), err
	})
	step("wrong database", func() (any, error) {
		_, err := client.NewClient(ctx, client.Config{Address: os.Getenv("ELANUS_ADDRESS"), DBName: "none"})
		return nil, err
	})
	_ = milvus.UsingDatabase(ctx, "default")
	step("version", func() (any, error) {
		return milvus.GetVersion(ctx)
	})
	step("drop", func() (any, error) {
		return nil, milvus.DropCollection(ctx, "book")
	})
	milvus.Close()
}
