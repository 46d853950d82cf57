def work():
    x = 0
    for i in range(20000):
        x += i
    return x


def test_sum(benchmark):
    benchmark(work)
