using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.Live.Leases;
using Tandem.Web.Permits;

namespace Tandem.Web.Rest;

/// <summary>One request to the API: who asks, and for what.</summary>
internal sealed class ApiCall(HttpContext http, TandemApp app, User user, IReadOnlyList<string> segments)
{
    public HttpContext Http => http;

    public TandemApp App => app;

    public User User => user;

    /// <summary>The address behind <c>/api/</c>, still encoded.</summary>
    public IReadOnlyList<string> Segments => segments;

    public WriteContext By => new(user.Name);

    public CancellationToken Cancelled => http.RequestAborted;

    /// <summary>The table that the address names.</summary>
    public ITable Table()
    {
        var name = Links.Name(segments[1]);
        var table = app.Find(name)
            ?? throw ApiProblemException.NotFound($"There is no table '{name}'. GET /api/tables lists the tables.");
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

    /// <summary>Asks the one decision function.</summary>
    /// <returns>The records the action may happen to.</returns>
    public Querying.Filter Require(TableSchema? schema, TableAction action)
    {
        var decision = app.Access.Decide(user, schema, action);
        return decision.IsAllowed ? decision.Filter : throw ApiProblemException.Forbidden(decision.Reason);
    }

    /// <summary>Reads the record of the address, if this user may do that to it.</summary>
    public async Task<Record> RecordAsync(ITable table, TableAction action)
    {
        var filter = Require(table.Schema, action);
        return await Permitted.FindAsync(table, Key(table.Schema), filter, Cancelled) ?? throw NoRecord(table.Schema);
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

    public static ApiProblemException NoRecord(TableSchema schema) =>
        ApiProblemException.NotFound($"Table '{schema.Name}' has no record of this key. It may have been deleted meanwhile.");
}
