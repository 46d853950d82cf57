// edit: front of guarded.cpp
struct TooSmall {
  int value;
};
struct TooLarge {
  int value;
};

__attribute__((noinline)) static int checked(int value) {
  if (value == 1000001) throw TooSmall{value};
  if (value == 1000002) throw TooLarge{value};
  return value;
}

struct Closer {
  long* place;
  ~Closer() { *place += 1; }
};

long guarded(int value) {
  long closed = 0;
  try {
    const Closer closer{&closed};
    return checked(value);
  } catch (const TooSmall& small) {
    return small.value + closed;
  } catch (const TooLarge& large) {
    return large.value - closed;
  }
}
