using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Rest;
using Tandem.Web.SignIn;

namespace Tandem.Web.Live;

/// <summary>
/// Records that live as long as the connection that brought them: who is here, who is typing. They are records of ordinary
/// tables, added with their user's rights and taken away again whatever those are, journalled and live as any other. A server that is killed leaves its own behind.
/// </summary>
internal sealed partial class HeldRecords(TandemApp app, UserStore users, ILogger<HeldRecords> logger)
{
    private const int MostHeld = 20;
    private readonly Lock _lock = new();
    private readonly Dictionary<LiveConnection, Dictionary<string, (string Table, RecordKey Key)>> _held = [];

    /// <summary>Adds a record that goes with the page.</summary>
    /// <returns>The answer with the record's key, or why it was not added.</returns>
    public async Task<HoldAnswer> HoldAsync(LiveConnection page, string id, string table, JsonElement values, CancellationToken cancellationToken)
    {
        await ReleaseAsync(page, id);
        if (app.Find(table) is not { } whole)
        {
            return new HoldAnswer(null, $"There is no table '{table}'. Check the name.");
        }

        var user = page.UserNow(users);
        var decision = app.Access.Decide(user, whole.Schema, TableAction.Add);
        if (!decision.IsAllowed || app.For(user!).Permitted(table) is not { } target)
        {
            return new HoldAnswer(null, decision.IsAllowed ? app.Access.Decide(user, whole.Schema, TableAction.View).Reason : decision.Reason);
        }

        Patch patch;
        try
        {
            patch = JsonBody.ReadPatch(target.AddingSchema, values);
        }
        catch (ApiProblemException e)
        {
            return new HoldAnswer(null, e.Errors is { Count: > 0 } errors ? string.Join(' ', errors.Select(x => x.Message)) : e.Message);
        }

        lock (_lock)
        {
            if (_held.TryGetValue(page, out var own) && own.Count >= MostHeld)
            {
                return new HoldAnswer(null, $"A page may hold {MostHeld} records. Let go of one first.");
            }
        }

        switch (await RecordSaver.CreateAsync(target, patch, new WriteContext(page.User), cancellationToken))
        {
            case SaveResult.Created created:
                if (!Keep(page, id, table, created.Key))
                {
                    await DeleteAsync(page, (table, created.Key));
                }

                return new HoldAnswer(created.Key.ToString(), null);
            case SaveResult.Rejected rejected:
                return new HoldAnswer(null, string.Join(' ', rejected.Errors.Select(e => e.Message)));
            case SaveResult.Failed failed:
                throw failed.Cause;
            default:
                return new HoldAnswer(null, "A record of this key is there already. Choose another key.");
        }
    }

    /// <summary>Lets go of one record.</summary>
    public async Task ReleaseAsync(LiveConnection page, string id)
    {
        (string Table, RecordKey Key) held;
        lock (_lock)
        {
            if (!_held.TryGetValue(page, out var own) || !own.Remove(id, out held))
            {
                return;
            }
        }

        await DeleteAsync(page, held);
    }

    /// <summary>Lets go of all that a page held; it has left.</summary>
    public async Task ReleaseAllAsync(LiveConnection page)
    {
        Dictionary<string, (string Table, RecordKey Key)>? held;
        lock (_lock)
        {
            page.HasLeft = true;
            _held.Remove(page, out held);
        }

        foreach (var record in held?.Values.ToList() ?? [])
        {
            await DeleteAsync(page, record);
        }
    }

    /// <returns>Whether the page is still there.</returns>
    private bool Keep(LiveConnection page, string id, string table, RecordKey key)
    {
        lock (_lock)
        {
            if (page.HasLeft)
            {
                return false;
            }

            if (!_held.TryGetValue(page, out var own))
            {
                _held[page] = own = new(StringComparer.Ordinal);
            }

            own[id] = (table, key);
            return true;
        }
    }

    private async Task DeleteAsync(LiveConnection page, (string Table, RecordKey Key) held)
    {
        try
        {
            if (app.Find(held.Table) is { } table)
            {
                await table.WriteAsync(new Write.Delete(held.Key, Guard.None, new WriteContext(page.User)), CancellationToken.None);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogLeft(held.Table, e);
        }
    }

    [LoggerMessage(1111, LogLevel.Warning, "A record of {Table} that was to go with its page could not be deleted and stays")]
    private partial void LogLeft(string table, Exception cause);
}

/// <summary>The answer to a hold.</summary>
/// <param name="Key">The record's key; null when it was not added.</param>
/// <param name="Reason">Why it was not added; null when it was.</param>
internal sealed record HoldAnswer(string? Key, string? Reason);
