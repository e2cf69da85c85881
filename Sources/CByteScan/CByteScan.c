// The package manager wants a source file; all there is stands in the header, where it can be inlined.
#include "CByteScan.h"
