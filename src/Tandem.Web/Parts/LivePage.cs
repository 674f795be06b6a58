using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.SignIn;

namespace Tandem.Web.Parts;

/// <summary>One page being rendered: who looks, and where the feed stood before the first of its parts read anything.</summary>
internal sealed class LivePage(TandemApp app, UserStore users, IHttpContextAccessor http, IServiceProvider services)
{
    public TandemApp App => app;

    public Cursor Cursor { get; } = app.Database.Feed.Current;

    /// <summary>Who looks, with the rights of this moment; null for nobody. In an interactive page there is no request any more, so the circuit is asked.</summary>
    public async ValueTask<User?> UserAsync() => http.HttpContext?.GetTandemUser() ?? await FromCircuitAsync();

    /// <summary>The table as whoever looks may use it; null when there is no right to look at it.</summary>
    public async ValueTask<PermittedTable?> TableAsync(string name, TableAction look = TableAction.View) => app.Find(name) is null
        ? throw new ArgumentException($"The database has no table '{name}'. Check the part's Table; names are compared exactly.", nameof(name))
        : await UserAsync() is { } user ? app.For(user).Find(name, look) : null;

    /// <summary>Finds tables as whoever looks may use them.</summary>
    public async ValueTask<Func<string, PermittedTable?>> TablesAsync() => await UserAsync() is { } user ? app.For(user).Look : static _ => null;

    /// <summary>Whether a user may do something to a table's records, or to one.</summary>
    public async ValueTask<bool> MayAsync(TableSchema schema, TableAction action, Record? record = null) =>
        app.Access.Decide(await UserAsync(), schema, action) is { IsAllowed: true } decision && (record is null || decision.Allows(record));

    private async Task<User?> FromCircuitAsync()
    {
        try
        {
            return services.GetService(typeof(AuthenticationStateProvider)) is AuthenticationStateProvider states
                ? TandemSchemes.Find(users, (await states.GetAuthenticationStateAsync()).User)?.User
                : null;
        }
        catch (InvalidOperationException)
        {
            // Statically rendered: nobody told the provider who it is, and the request knew nobody.
            return null;
        }
    }
}
