"""What people with bad intent, bad keyboards or bad luck type into a field. Our own list."""

from __future__ import annotations

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "</title><h1>x</h1>",
    "<!-- 注释",
    "]]><b>粗</b>",
    "&lt;b&gt; &amp; &#60;",
    "javascript:alert(1)",
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "<a href='//evil.example'>点这里</a>",
    "<style>*{display:none}</style>",
    "<iframe src=//evil.example></iframe>",
)
TEMPLATES = (
    "{{7*7}}",
    "{{ config }}",
    "{% raw %}",
    "{# x #}",
    "{0.__class__}",
    "{count}",
    "{name!r}",
    "{",
    "}{",
    "%(x)s",
    "%(count)s",
    "%s %d %",
    "100%",
    "${7*7}",
    "#{7*7}",
    "$x$ *粗* _斜_ #panic()",
)
FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://evil.example","点")',
    "+1",
    "-1",
    "@SUM(1)",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
)
DATABASES = (
    "'; DROP TABLE wave; --",
    '" OR 1=1 --',
    "\\'; --",
    "1' AND '1'='1",
    "%_%",
    "NULL",
    "null",
    "None",
    "undefined",
    "NaN",
    "0",
    "false",
)
LETTERS = (
    "\u202eabc 反着读",
    "مرحبا بالعالم",
    "שלום",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "𠜎𠜱𠝹",
    "e\u0301 = é",
    "Ⅷ½ﬁ①",
    "“弯引号”‘单’《书名》",
    "C:\\Windows\\x",
    "../../etc/passwd",
    "http://evil.example/?a=b&c=d",
)
HOSTILE = MARKUP + TEMPLATES + FORMULAS + DATABASES + LETTERS
BROKEN = (
    "\x00",
    "a\x00b",
    "\x07\x1b[31m红",
    "\x0b\x0c",
    "\ufffe\uffff",
    "\u2028\u2029",
    "\t=1+1",
    "\r\n=1+1",
    "\u200b",
    "\ufeff",
    "很" * 5000,
)
"""Control signs and very long text: they may be refused in words, but nothing may break."""
