// What the made-up browser of the tests has otherwise than any real one. Imported before the application.

// A page has locks, or, without https, has none; null is neither.
Object.defineProperty(navigator, "locks", { value: undefined, configurable: true });

// index.html says so, and no test reads it.
document.documentElement.lang = "en";
