// Tells others who is typing: a field of the record that says who is here.
let me, quiet, saved = Promise.resolve();
const type = isTyping => { me?.set("is_typing", String(isTyping)); saved = saved.then(() => me?.save()); };
document.getElementById("me").addEventListener("tandem:held", async event => (me = await tandem.edit("visitor", event.detail.key)));
document.getElementById("say").addEventListener("input", () => {
  clearTimeout(quiet);
  quiet = setTimeout(() => type(false), 3000);
  type(true);
});
document.getElementById("say").addEventListener("tandem:saved", () => type(false));
