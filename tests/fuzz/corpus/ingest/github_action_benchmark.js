window.BENCHMARK_DATA = {
 "lastUpdate": 1763719200000,
 "repoUrl": "https://github.com/o/r",
 "entries": {
  "Rust Benchmark": [
   {
    "commit": {
     "author": {
      "name": "a"
     },
     "id": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "message": "Change",
     "timestamp": "2026-11-20T10:00:00Z",
     "url": "https://github.com/o/r/commit/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    },
    "date": 1763600000000,
    "tool": "cargo",
    "benches": [
     {
      "name": "bench_sort",
      "value": 900,
      "unit": "ns/iter",
      "range": "± 12"
     }
    ]
   },
   {
    "commit": {
     "author": {
      "name": "a"
     },
     "id": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
     "message": "Change",
     "timestamp": "2026-11-20T10:00:00Z",
     "url": "https://github.com/o/r/commit/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    },
    "date": 1763719200000,
    "tool": "cargo",
    "benches": [
     {
      "name": "bench_sort",
      "value": 812,
      "unit": "ns/iter",
      "range": "± 9"
     },
     {
      "name": "bench_parse",
      "value": 1234567,
      "unit": "ns/iter",
      "range": "± 12345"
     }
    ]
   }
  ],
  "Python": [
   {
    "commit": {
     "author": {
      "name": "a"
     },
     "id": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
     "message": "Change",
     "timestamp": "2026-11-20T10:00:00Z",
     "url": "https://github.com/o/r/commit/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    },
    "date": 1763719200000,
    "tool": "pytest",
    "benches": [
     {
      "name": "test.py::test_sort",
      "value": 1512.5,
      "unit": "iter/sec",
      "range": "stddev: 0.01",
      "extra": "mean: 0.66 msec\nrounds: 5"
     }
    ]
   }
  ],
  "Custom": [
   {
    "commit": {
     "author": {
      "name": "a"
     },
     "id": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
     "message": "Change",
     "timestamp": "2026-11-20T10:00:00Z",
     "url": "https://github.com/o/r/commit/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    },
    "date": 1763719200000,
    "tool": "customBiggerIsBetter",
    "benches": [
     {
      "name": "score",
      "value": 7,
      "unit": "Points"
     }
    ]
   }
  ]
 }
}
