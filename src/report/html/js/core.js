"use strict";
// The one name that the scripts share, the collector of errors, and making elements.

const R = {};

// Errors are shown on the page: a chart that is missing should not be missed.
R.fail = (message) => {
  const list = document.getElementById("errors");
  list.hidden = false;
  list.append(R.element("li", {}, String(message)));
};

window.addEventListener("error", (event) => R.fail(event.message + " (line " + event.lineno + ")"));

// Runs one part of the page; where it fails the others go on.
R.part = (name, work) => {
  try {
    return work();
  } catch (error) {
    R.fail(name + ": " + (error && error.stack ? error.stack : error));
    return null;
  }
};

R.find = (id) => document.getElementById(id);

// An element with attributes and children; texts are texts, whatever they hold.
R.element = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

// State in the address, as in #search=failed&from=0&to=3600: a link leads to what is seen.
R.state = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
R.stateNumber = (name) => {
  const value = parseFloat(R.state.get(name));
  return Number.isFinite(value) ? value : null;
};
