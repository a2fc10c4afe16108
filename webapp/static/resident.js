/* Residents' pages work without this. ES5, for phones of 2014; nothing is stored on the phone. */
(function () {
"use strict";

var SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
var LENGTH = 17;

function each(list, act) {
  Array.prototype.forEach.call(list, act);
}

/* the code of the letter: same alphabet, same check as surveys/ledger/symbols.py */

function tidied(typed) {
  return typed.toUpperCase().replace(/[\s\-\u2010-\u2015\u2212]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
}

function timesRoot(value) {
  value = value << 1;
  return value > 31 ? value ^ 37 : value;
}

function checks(symbols) {
  var check = 0;
  var i;
  for (i = 0; i < LENGTH - 1; i += 1) {
    check = timesRoot(check) ^ SYMBOLS.indexOf(symbols.charAt(i));
  }
  return SYMBOLS.charAt(timesRoot(check)) === symbols.charAt(LENGTH - 1);
}

function watchCode(field, said) {
  function look() {
    var typed = tidied(field.value);
    var words = "";
    if (typed.length > LENGTH) {
      words = said.getAttribute("data-long");
    } else if (typed.length === LENGTH && !checks(typed)) {
      words = said.getAttribute("data-check");
    }
    said.textContent = words;
  }
  field.addEventListener("input", look);
  look();
}

/* questions that not everybody is asked */

function counts(control) {
  return control.name && (/radio|checkbox/.test(control.type) ? control.checked : control.value);
}

function route(form) {
  var away = {};
  each(form.querySelectorAll("[data-route]"), function (asked) {
    var from = asked.getAttribute("data-route");
    var any;
    var shown;
    any = asked.getAttribute("data-any").split(" ");
    shown = !away[from] && Array.prototype.some.call(form.elements, function (control) {
      return control.name === from && counts(control) && any.indexOf(control.value) !== -1;
    });
    away[asked.id.slice(2)] = !shown;
    asked.className = (asked.className.replace(/ ?\boff\b/, "") + (shown ? "" : " off"));
  });
}

/* "none of these" and "don't know" stand alone */

function standAlone(form, control) {
  if (control.type === "checkbox" && control.checked) {
    each(form.elements, function (other) {
      var clash = control.hasAttribute("data-alone") || other.hasAttribute("data-alone");
      if (clash && other.name === control.name && other !== control) {
        other.checked = false;
      }
    });
  }
}

/* sending: the page stays until the server has answered */

function encoded(form) {
  var pairs = [];
  each(form.elements, function (control) {
    if (control.type !== "submit" && counts(control)) {
      pairs.push(control.name + "=" + encodeURIComponent(control.value.replace(/\r?\n/g, "\r\n")));
    }
  });
  return pairs.join("&");
}

function send(form, said, main) {
  var request = new XMLHttpRequest();
  function failed() {
    main.disabled = false;
    said.textContent = form.getAttribute("data-failed");
  }
  request.open("POST", window.location.href.replace(/#.*/, ""));
  request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
  request.onerror = failed;
  request.onload = function () {
    if (request.status >= 500 || !request.responseText) {
      failed();
      return;
    }
    window.scrollTo(0, 0);
    document.open();
    document.write(request.responseText);
    document.close();
  };
  main.disabled = true;
  said.textContent = form.getAttribute("data-sending");
  request.send(encoded(form));
}

function watchForm(form) {
  var main = form.querySelector("button.main");
  var said = document.getElementById("sending");
  var blank = encoded(form);
  var redrawn = false;
  each(form.querySelectorAll(".beside button"), function (button) {
    button.addEventListener("click", function () {
      redrawn = true;
    });
  });
  form.addEventListener("change", function (event) {
    standAlone(form, event.target);
    route(form);
  });
  form.addEventListener("submit", function (event) {
    if (!redrawn) {
      event.preventDefault();
      if (!main.disabled) {
        send(form, said, main);
      }
    }
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted && (redrawn || main.disabled)) {
      redrawn = main.disabled = false;
      form.reset();
      route(form);
    }
  });
  /* with answers on the page, the switches above become the buttons below, which keep them */
  each(document.querySelectorAll("a.switch"), function (link) {
    link.addEventListener("click", function (event) {
      var twin = form.querySelector("button[formaction=\"" + link.getAttribute("href") + "\"]");
      if (twin && encoded(form) !== blank) {
        event.preventDefault();
        twin.click();
      }
    });
  });
  route(form);
}

if (document.getElementById("code")) {
  watchCode(document.getElementById("code"), document.getElementById("code-said"));
}
if (document.getElementById("answers")) {
  watchForm(document.getElementById("answers"));
}
}());
