// Raw hnswlib, one thread: the limit of a graph on this machine.
//   hnsw build  <base> <rows> <dimension> <l2|cosine> <index>
//   hnsw search <queries> <count> <dimension> <l2|cosine> <index> <truth, 10 per query> <ef,ef,...>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "hnswlib/hnswlib.h"

using Clock = std::chrono::steady_clock;
static double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

template <typename T> static std::vector<T> read(const char *path, size_t count) {
  std::vector<T> values(count);
  FILE *file = fopen(path, "rb");
  if (!file || fread(values.data(), sizeof(T), count, file) != count) exit(1);
  fclose(file);
  return values;
}

int main(int, char **argv) {
  const bool building = !strcmp(argv[1], "build");
  const size_t count = atol(argv[3]), dimension = atol(argv[4]);
  const bool cosine = !strcmp(argv[5], "cosine");
  auto vectors = read<float>(argv[2], count * dimension);
  const auto normalise = [&](float *v) {
    double sum = 0;
    for (size_t d = 0; d < dimension; d++) sum += double(v[d]) * v[d];
    const float scale = float(1 / std::sqrt(sum));
    for (size_t d = 0; d < dimension; d++) v[d] *= scale;
  };
  std::unique_ptr<hnswlib::SpaceInterface<float>> space;
  if (cosine)
    space.reset(new hnswlib::InnerProductSpace(dimension));
  else
    space.reset(new hnswlib::L2Space(dimension));
  if (building) {
    const auto start = Clock::now();
    hnswlib::HierarchicalNSW<float> index(space.get(), count, 16, 200, 100);
    for (size_t i = 0; i < count; i++) {
      if (cosine) normalise(vectors.data() + i * dimension);
      index.addPoint(vectors.data() + i * dimension, i);
    }
    const double seconds = since(start);
    index.saveIndex(argv[6]);
    printf("{\"rowsPerSecond\": %.0f, \"seconds\": %.2f}\n", count / seconds, seconds);
    return 0;
  }
  const auto open = Clock::now();
  hnswlib::HierarchicalNSW<float> index(space.get(), argv[6]);
  const double openMs = since(open) * 1000;
  const auto truth = read<uint32_t>(argv[7], count * 10);
  std::string out;
  std::vector<float> query(dimension);
  for (char *ef = strtok(argv[8], ","); ef; ef = strtok(nullptr, ",")) {
    index.setEf(atoi(ef));
    std::vector<double> rates, latencies;
    size_t hits = 0;
    for (int pass = -1; pass < 3; pass++) {
      const auto start = Clock::now();
      for (size_t i = 0; i < count; i++) {
        const auto one = Clock::now();
        const float *q = vectors.data() + i * dimension;
        if (cosine) {
          std::copy(q, q + dimension, query.begin());
          normalise(query.data());
          q = query.data();
        }
        auto found = index.searchKnn(q, 10);
        if (pass >= 0) latencies.push_back(since(one) * 1e6);
        for (; pass == 0 && !found.empty(); found.pop())
          for (size_t t = 0; t < 10; t++) hits += truth[i * 10 + t] == found.top().second;
      }
      if (pass >= 0) rates.push_back(count / since(start));
    }
    std::sort(rates.begin(), rates.end());
    std::sort(latencies.begin(), latencies.end());
    const auto at = [&](double p) { return latencies[size_t(latencies.size() * p)]; };
    char line[256];
    snprintf(line, sizeof line,
             "%s{\"knob\": %s, \"recall\": %.4f, \"qps\": %.0f, \"p50\": %.1f, \"p95\": %.1f, \"p99\": %.1f}",
             out.empty() ? "" : ", ", ef, double(hits) / count / 10, rates[rates.size() / 2], at(0.5), at(0.95), at(0.99));
    out += line;
  }
  printf("{\"openMs\": %.1f, \"curve\": [%s]}\n", openMs, out.c_str());
}
