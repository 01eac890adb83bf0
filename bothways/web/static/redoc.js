// Without its search, which would need a worker made of text; a browser's own search finds what is on the page.
Redoc.init(
  "openapi.json",
  { disableSearch: true, hideDownloadButton: true, nativeScrollbars: true },
  document.getElementById("redoc"),
);
