// Lets the thread sanitizer see the locks of Swift's Mutex on Linux; without the sanitizer there is nothing in it.
//
// Where a Mutex is contended, Swift's library locks it with code that is not made for the sanitizer, which then takes what
// the lock protects for a race. Here the library's two functions are called with a word to the sanitizer before and behind.
#ifndef CMUTEXSIGHT_H
#define CMUTEXSIGHT_H

#endif
