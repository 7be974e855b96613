// SPDX-License-Identifier: Apache-2.0
#include "harness/report/html_frame.hpp"

#include <fmt/format.h>

#include "harness/report/html_text.hpp"

namespace extproof::report {
namespace {

// Every pair of text and ground has a contrast of at least 4.5 to 1, in both schemes.
constexpr std::string_view k_style = R"(
:root{color-scheme:light dark;--ground:#fff;--panel:#f6f7f9;--text:#1c2128;--soft:#57606a;
--line:#d5dae0;--link:#0a58ca;--bad:#b42318;--bad-ground:#fdeceb;--warn:#7a5200;
--warn-ground:#fdf3dc;--good:#1a6b3c;--good-ground:#e7f5ec;--own:#6b1f7a}
@media(prefers-color-scheme:dark){:root{--ground:#14181d;--panel:#1c2229;--text:#e6e9ed;
--soft:#a2abb5;--line:#343c46;--link:#7db4ff;--bad:#ff9d94;--bad-ground:#3a1c1a;--warn:#f0c674;
--warn-ground:#352a12;--good:#86d9a6;--good-ground:#15301f;--own:#e0a6ee}}
*{box-sizing:border-box}
html{scroll-padding-top:3.2rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);
outline-offset:2px}
code,pre{font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{overflow-wrap:anywhere}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--ground);
padding:.3rem .6rem;z-index:3}
header,main,footer{max-width:72rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.6rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .4rem;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.4rem 0 .8rem}
h3{font-size:1.05rem;margin:0;overflow-wrap:anywhere}
h4{font-size:.9rem;margin:1rem 0 .3rem}
p{margin:.4rem 0}
nav{position:sticky;top:0;z-index:2;background:var(--ground);border-bottom:1px solid var(--line)}
nav ul{max-width:72rem;margin:0 auto;padding:.55rem 1rem;list-style:none;display:flex;gap:1.2rem;
overflow-x:auto;white-space:nowrap}
.soft{color:var(--soft)}
.tag{display:inline-block;font-size:.8rem;line-height:1.5;padding:0 .5em;border-radius:.6em;
background:var(--panel);border:1px solid var(--line);white-space:nowrap}
.bad{color:var(--bad)}.tag.bad{background:var(--bad-ground);border-color:currentColor}
.warn{color:var(--warn)}.tag.warn{background:var(--warn-ground);border-color:currentColor}
.good{color:var(--good)}.tag.good{background:var(--good-ground);border-color:currentColor}
.wide{overflow-x:auto;margin-bottom:1rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;
border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--soft);white-space:nowrap}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
article{border:1px solid var(--line);border-left:4px solid var(--soft);border-radius:6px;
padding:.9rem 1rem;margin:0 0 1rem;content-visibility:auto;contain-intrinsic-size:auto 26rem}
article.bad-edge{border-left-color:var(--bad)}article.warn-edge{border-left-color:var(--warn)}
article.good-edge{border-left-color:var(--good)}
article:target{box-shadow:0 0 0 3px var(--link)}
article .title{font-size:1.05rem;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem .9rem;margin:.6rem 0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
pre{margin:.3rem 0;padding:.6rem .8rem;background:var(--panel);border-radius:5px;overflow-x:auto}
pre b{color:var(--own);font-weight:600}
pre.command{user-select:all;white-space:pre-wrap;overflow-wrap:anywhere}
details{margin:.4rem 0}
summary{cursor:pointer;padding:.1rem 0}
ul.plain{padding-left:1.2rem;margin:.3rem 0}
footer{margin-top:3rem;padding-bottom:2rem;color:var(--soft);font-size:.9rem}
@media(max-width:40rem){table.cards thead{position:absolute;left:-99rem}
table.cards tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}
table.cards td{display:block;border:0;padding:.05rem 0;text-align:left}
table.cards td[data-name]::before{content:attr(data-name) ": ";color:var(--soft)}
table.cards td:nth-child(-n+2),table.cards td.n{display:inline-block;margin-right:.7rem}
table.cards td:empty{display:none}dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
@media print{nav,.skip{display:none}article{content-visibility:visible;break-inside:avoid}}
)";

}  // namespace

std::string render_html_page(const HtmlPage& page) {
  std::string menu;
  for (const auto& [id, name] : page.sections) {
    menu += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", html_line(id), html_line(name));
  }
  return fmt::format(
      "<!DOCTYPE html>\n"
      "<html lang=\"en\">\n"
      "<head>\n"
      "<meta charset=\"utf-8\">\n"
      // First of all, so that it holds for everything below.
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{}</title>\n"
      "<style>{}</style>\n"
      "</head>\n"
      "<body>\n"
      "<a class=\"skip\" href=\"#contents\">to the contents</a>\n"
      "<header>\n<h1>{}</h1>\n{}</header>\n"
      "<nav aria-label=\"sections\"><ul>\n{}</ul></nav>\n"
      "<main id=\"contents\">\n{}</main>\n"
      "<footer>Made by extproof from what the run stored.</footer>\n"
      "</body>\n"
      "</html>\n",
      html_line(page.title), k_style, page.heading, page.lead, menu, page.body);
}

}  // namespace extproof::report
