using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.Live.Leases;

namespace Tandem.Web.Rest;

/// <summary>One request to the API: who asks, and for what.</summary>
internal sealed class ApiCall(HttpContext http, TandemApp app, User user, IReadOnlyList<string> segments)
{
    public HttpContext Http => http;

    public TandemApp App => app;

    public User User => user;

    /// <summary>The database as this user may use it.</summary>
    public PermittedDatabase Database { get; } = app.For(user);

    /// <summary>The address behind <c>/api/</c>, still encoded.</summary>
    public IReadOnlyList<string> Segments => segments;

    public WriteContext By => new(user.Name);

    public CancellationToken Cancelled => http.RequestAborted;

    /// <summary>The table that the address names, as this user may use it.</summary>
    /// <param name="look">By which right it is looked at.</param>
    public PermittedTable Table(TableAction look = TableAction.View) => Table(Links.Name(segments[1]), look);

    /// <summary>A table as this user may use it.</summary>
    public PermittedTable Table(string name, TableAction look = TableAction.View)
    {
        var whole = app.Find(name)?.Schema ?? throw ApiProblemException.NotFound($"There is no table '{name}'. GET /api/tables lists the tables.");
        Require(whole, look);
        var table = Database.Find(name, look)!;
        http.Items[typeof(TableSchema)] = table.Schema;
        return table;
    }

    /// <summary>The key that the address names.</summary>
    public RecordKey Key(TableSchema schema)
    {
        if (schema.IsKeyless)
        {
            throw ApiProblemException.NotFound($"Table '{schema.Name}' has no key, so its records have no addresses. List the table instead.");
        }

        return RecordKey.TryParse(schema, segments[2], out var key) ? key : throw NoRecord(schema);
    }

    /// <summary>Asks the one decision function whether an action may happen at all.</summary>
    public void Require(TableSchema? schema, TableAction action)
    {
        var decision = app.Access.Decide(user, schema, action);
        if (!decision.IsAllowed)
        {
            throw ApiProblemException.Forbidden(decision.Reason);
        }
    }

    /// <summary>Reads the record of the address, if this user may do that to it.</summary>
    public async Task<Record> RecordAsync(PermittedTable table, TableAction action)
    {
        Require(table.Schema, action);
        return await table.GetAsync(Key(table.Schema), action, Cancelled) ?? throw NoRecord(table.Schema);
    }

    /// <summary>Refuses to write fields that somebody else is in and may be in alone.</summary>
    public async Task RequireFreeAsync(ITable table, RecordKey key, IEnumerable<string>? fields)
    {
        if (await FindObstacleAsync(table, key, fields) is { } obstacle)
        {
            throw ApiProblemException.Locked(obstacle);
        }
    }

    /// <summary>The first of some fields that somebody else is in and may be in alone; null when there is none.</summary>
    public Task<FieldError?> FindObstacleAsync(ITable table, RecordKey key, IEnumerable<string>? fields) =>
        http.RequestServices.GetRequiredService<FieldLeases>().FindObstacleAsync(user.Name, table, key, fields, Cancelled);

    /// <summary>What to answer when a write found no record that the user may write: it may be one that the user may look at.</summary>
    public async Task<ApiProblemException> NotWrittenAsync(PermittedTable table, TableAction action) => await table.GetAsync(Key(table.Schema), Cancelled) is { } record && !table.DecisionOf(action).Allows(record)
        ? ApiProblemException.Forbidden(NotYours(user, table.Schema, action))
        : NoRecord(table.Schema);

    /// <summary>What is said of a record that may be looked at but not written.</summary>
    public static string NotYours(User user, TableSchema schema, TableAction action) => $"{user.Name} may not {TableActions.Name(action)} this record of '{schema.Name}'. Ask an administrator.";

    public static ApiProblemException NoRecord(TableSchema schema) =>
        ApiProblemException.NotFound($"Table '{schema.Name}' has no record of this key. It may have been deleted meanwhile.");
}
