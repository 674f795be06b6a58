using System.ComponentModel.DataAnnotations;
using Chat;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Access;
using Tandem.Admin;
using Tandem.Web;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddTandem(tandem =>
{
    tandem.Title = "Chat";
    tandem.Entity<Message>().Entity<Visitor>().UseMemory();

    // Everybody speaks and stands there under their own name, whatever a page sends.
    tandem.Policy<Message>((user, message) => message.Author == user.Name).For(TableAction.Add, TableAction.Change, TableAction.Delete);
    tandem.Policy<Visitor>((user, visitor) => visitor.Name == user.Name).For(TableAction.Add, TableAction.Change, TableAction.Delete);
});

var app = builder.Build();
app.UseStaticFiles();
app.MapTandem();
app.MapGet("/chat", IResult (HttpContext http) =>
    http.GetTandemUser() is null ? Results.LocalRedirect("~/sign-in?return=/chat") : new RazorComponentResult<Room>());
await app.RunAsync();

/// <summary>What somebody said.</summary>
public sealed record Message
{
    public long Id { get; init; }

    public required string Author { get; init; }

    [Required, StringLength(300)]
    public required string Text { get; init; }
}

/// <summary>Who is here: a record that goes when its page does.</summary>
public sealed record Visitor
{
    public long Id { get; init; }

    public required string Name { get; init; }

    public bool IsTyping { get; init; }
}
