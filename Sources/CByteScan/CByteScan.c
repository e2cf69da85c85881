// SwiftPM requires a source file in a C target; everything is in the header, so that it can be inlined.
#include "CByteScan.h"
