"""How the page looks: on a screen, on paper, and for who reads with large letters or without colours.

Contrasts are at least 4.5 to 1 (WCAG 2.2 AA); a test computes them.
"""

INK, MUTED, PAPER, SHADE, LINE, LINK, MARK = (
    "#1b1f24", "#4a5159", "#ffffff", "#f3f5f7", "#8a929a", "#0b4f9e", "#fff2cc",
)  # fmt: skip
# Text on its ground.
CONTRASTS = ((INK, PAPER), (INK, SHADE), (MUTED, PAPER), (LINK, PAPER), (INK, MARK))

CSS = f"""
:root {{ color-scheme: light; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 72rem; background: {PAPER}; color: {INK};
  font: 1.0625rem/1.55 system-ui, "Segoe UI", "Liberation Sans", Arial, sans-serif; }}
h1 {{ font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; }}
h2 {{ font-size: 1.4rem; line-height: 1.3; margin: 3rem 0 .75rem; padding-top: 1rem;
  border-top: 2px solid {INK}; }}
h3 {{ font-size: 1.1rem; margin: 1.75rem 0 .25rem; }}
p, li {{ max-width: 44rem; }}
p {{ margin: .4rem 0 .8rem; }}
li {{ margin: .35rem 0; }}
a {{ color: {LINK}; }}
a:focus-visible, [tabindex]:focus-visible {{ outline: 3px solid {LINK}; outline-offset: 2px; }}
.skip {{ position: absolute; left: -100rem; }}
.skip:focus {{ position: static; }}
.muted {{ color: {MUTED}; margin: 0 0 .5rem; font-size: .95rem; }}
nav ul {{ padding-left: 1.25rem; columns: 2 18rem; }}
nav li {{ margin: 0 0 .4rem; break-inside: avoid; }}
.note {{ background: {MARK}; border-left: 5px solid {INK}; padding: .6rem 1rem; max-width: 46rem; }}
.wide {{ overflow-x: auto; margin: 1rem 0 1.5rem; }}
table {{ border-collapse: collapse; width: 100%; font-size: .95rem; font-variant-numeric: tabular-nums; }}
caption {{ text-align: left; font-weight: 600; padding: .25rem 0 .5rem; }}
th, td {{ text-align: left; vertical-align: top; padding: .45rem .75rem .45rem .4rem;
  border-bottom: 1px solid {LINE};
  overflow-wrap: break-word; min-width: 7rem; }}
thead th {{ background: {SHADE}; border-bottom: 2px solid {INK}; }}
tbody th {{ font-weight: 600; }}
time {{ white-space: nowrap; }}
.narrow table {{ max-width: 34rem; }}
.narrow th:last-child, .narrow td:last-child {{ text-align: right; white-space: nowrap; }}
code {{ font-size: .9em; overflow-wrap: anywhere; }}
pre {{ overflow-x: auto; background: {SHADE}; padding: .75rem 1rem; font-size: .85rem; }}
footer {{ margin-top: 3rem; border-top: 2px solid {INK}; padding-top: 1rem; }}
@media print {{
  html {{ font-size: 9.5pt; }}
  body {{ max-width: none; padding: 0; font-size: 1rem; }}
  nav, .skip {{ display: none; }}
  h2, h3, .muted {{ break-after: avoid; }}
  tr, .note {{ break-inside: avoid; }}
  thead {{ display: table-header-group; }}
  .wide {{ overflow: visible; }}
  th, td {{ min-width: 0; font-size: .82rem; }}
  a {{ color: inherit; text-decoration: none; }}
}}
"""
