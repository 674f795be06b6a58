using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.SignIn;

namespace Tandem.Web.Rights;

/// <summary>
/// An administrator looks through another user's eyes: everything is shown as that user sees it, nothing can be changed, every page says so, and
/// the table of who looked as whom keeps when it began and ended.
/// </summary>
internal sealed class ViewingAs(TandemApp app, UserStore users, IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Cookie = "tandem-view-as";
    private const char Between = '\n';
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector(Cookie).ToTimeLimitedDataProtector();

    /// <summary>The user that a request's page is shown as; the signed-in user where nobody looks through another's eyes.</summary>
    public User Of(HttpContext context, User signedIn) =>
        Read(context) is var (_, administrator, name) && administrator == signedIn.Name && signedIn is { Role: Role.Administrator, Scopes: null } && users.Find(name) is { } seen
            ? seen with { SeenBy = administrator }
            : signedIn;

    /// <summary>Begins. Callers have asked for the right to administer.</summary>
    /// <returns>Why not, or null.</returns>
    public async Task<string?> BeginAsync(HttpContext context, User administrator, string name, CancellationToken cancellationToken)
    {
        if (administrator is not { Role: Role.Administrator, Scopes: null })
        {
            return "Only administrators by their role look through others' eyes.";
        }

        if (users.Find(name) is not { } seen)
        {
            return $"There is no user '{name}' who may sign in.";
        }

        if (seen.Name == administrator.Name)
        {
            return "You see with your own eyes already.";
        }

        var id = Guid.CreateVersion7().ToString();
        if (app.Database.FindSystem(SystemTables.ViewAsName) is { } table && !app.Database.IsReadOnly)
        {
            var values = new Patch([new("id", id), new("administrator", administrator.Name), new("user_name", seen.Name), new("started_at", clock.GetUtcNow())]);
            if (await table.WriteAsync(new Write.Insert(values, new WriteContext(administrator.Name)), cancellationToken) is not WriteResult.Written)
            {
                return "It could not be journalled, and so does not begin. Try again.";
            }
        }

        context.Response.Cookies.Append(Cookie, _protector.Protect(string.Join(Between, id, administrator.Name, seen.Name), s_longest), new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = s_longest, IsEssential = true,
        });
        return null;
    }

    public async Task EndAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (Read(context) is var (id, administrator, _) && app.Database.FindSystem(SystemTables.ViewAsName) is { } table && !app.Database.IsReadOnly)
        {
            await table.WriteAsync(new Write.Update(new RecordKey(id), Patch.Of("ended_at", clock.GetUtcNow()), new Guard(Patch.Of("ended_at", null)), new WriteContext(administrator)), cancellationToken);
        }

        context.Response.Cookies.Delete(Cookie);
    }

    private (string Id, string Administrator, string User)? Read(HttpContext context)
    {
        if (!context.Request.Cookies.TryGetValue(Cookie, out var text) || string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(text).Split(Between) is [var id, var administrator, var user] ? (id, administrator, user) : null;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Too old, or of another server: then nobody looks through another's eyes.
            return null;
        }
    }
}
