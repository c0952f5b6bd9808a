import { expect, test } from "vitest";
import { baseOf } from "../../../src/vendors/kit/request.js";

test.each([
  { endpoint: null, path: "/", href: "https://api.example/" },
  { endpoint: null, path: "/v2/index.php", href: "https://api.example/v2/index.php" },
  {
    endpoint: "http://127.0.0.1:9001",
    path: "/v2/index.php",
    href: "http://127.0.0.1:9001/v2/index.php",
  },
  {
    endpoint: "http://127.0.0.1:9001/own",
    path: "/v2/index.php",
    href: "http://127.0.0.1:9001/own",
  },
  { endpoint: "https://white.label/?a=b#c", path: "/", href: "https://white.label/" },
])("$endpoint with $path is $href", ({ endpoint, path, href }) => {
  expect(baseOf(endpoint, "https://api.example", path).href).toBe(href);
});
