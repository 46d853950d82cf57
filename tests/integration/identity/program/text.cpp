// edit: front of text.cpp
__attribute__((noinline)) static long helper(const char* text) {
  long value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + (*text++ - '0');
  return value;
}

static const char* const words[] = {"zero", "one", "two", "three", "four", "five"};

__attribute__((noinline)) long same_letters(const char* a, const char* b) {
  long count = 0;
  while (*a != '\0' && *a++ == *b++) ++count;
  return count;
}

long parse(const char* text) {
  static long calls = 40;
  ++calls;
  long sum = calls;
  for (; *text != '\0'; ++text) {
    if (text[0] == ',') sum += helper(text + 1);
    sum += same_letters(text, "x,9");
  }
  return sum;
}

const char* named(int kind) {
  if (kind >= 0 && kind < 6) return words[kind];
  return "a number without a name";
}

const char* colour(int kind) {
  switch (kind) {
    case 0:
      return "red";
    case 1:
      return "green";
    case 2:
      return "blue";
    case 3:
      return "white";
    case 4:
      return "black";
    default:
      return "none";
  }
}
