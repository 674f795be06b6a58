using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Tables;
using Tandem.Web;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Cli.Serve;

/// <summary>What is said at start: what is served, how it is heard, what was made, and where to go.</summary>
internal static class Banner
{
    public static async Task PrintAsync(WebApplication app, ServeOptions options, IDatabase database, CancellationToken cancellationToken)
    {
        var tables = database.Tables.Where(t => !t.Schema.IsSystem).ToList();
        var counts = await Task.WhenAll(tables.Select(t => database.EstimateAsync(t.Schema.Name, cancellationToken).AsTask()));
        var records = counts.Sum(c => c.Value).ToString("N0", CultureInfo.InvariantCulture);
        var about = counts.All(c => c.IsExact) ? "" : "about ";
        var version = typeof(Banner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        Say($"Tandem {version} serves {database.Name} ({database.Product})");
        Say($"  {tables.Count(t => !t.Schema.IsView)} tables, {about}{records} records{(tables.Exists(t => t.Schema.IsView) ? $", {tables.Count(t => t.Schema.IsView)} views" : "")}{(database.IsReadOnly ? ", nothing is written (--read-only)" : "")}");
        foreach (var table in tables.Where(t => t.Schema is { IsKeyless: true, IsView: false }))
        {
            Say($"  {table.Schema.ReadOnlyReason}");
        }

        Say($"  {database.Feed.Description}");
        foreach (var note in database.Notes)
        {
            Say($"  {note}");
        }

        var address = app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "127.0.0.1", StringComparison.Ordinal);
        if (Open(app.Urls) is { } wide)
        {
            Say($"  warning: {wide} can be reached from other machines without TLS; passwords and data travel in the clear. Put a TLS proxy in front or use https.");
        }

        var users = app.Services.GetRequiredService<UserStore>();
        var code = await users.Book.AddLinkAsync(users.FindKnown("administrator")!, LinkPurpose.Console, "console", cancellationToken);
        Say("");
        Say($"  Open     {address}");
        Say($"  Sign in  {address}/sign-in?code={code}");
        Say("           (works once, within an hour; Ctrl+C stops)");
    }

    private static string? Open(IEnumerable<string> urls) => urls.FirstOrDefault(url =>
        BindingAddress.Parse(url) is var address && address.Scheme == "http" && !address.IsUnixPipe
        && address.Host is not ("localhost" or "127.0.0.1" or "[::1]"));

    private static void Say(string line) => Console.WriteLine(line);
}
