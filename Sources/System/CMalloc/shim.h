// What Swift's Glibc leaves out.
#include <malloc.h>
