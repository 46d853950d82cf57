// edit: front of start.cpp
long order = 1;
struct First {
  First() { order = order * 3 + 1; }
};
struct Second {
  Second() { order = order * 5 + 2; }
};
__attribute__((constructor(201))) static void before() {
  order += 11;
}
__attribute__((constructor(202))) static void after() {
  order *= 13;
}
First first;
Second second;
