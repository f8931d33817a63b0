/** As in package.json, which no bundle can be sure to find. */
export const PACKAGE_VERSION = "0.2.0";
