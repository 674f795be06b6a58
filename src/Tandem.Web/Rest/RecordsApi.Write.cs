using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.Permits;

namespace Tandem.Web.Rest;

/// <summary>Adding and deleting records.</summary>
internal static partial class RecordsApi
{
    public static async Task CreateAsync(ApiCall call)
    {
        var table = call.Table();
        var filter = call.Require(table.Schema, TableAction.Add);
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        var values = JsonBody.ReadPatch(table.Schema, body.RootElement);
        if (!Permitted.Holds(filter, table.Schema, values))
        {
            throw ApiProblemException.Forbidden($"{call.User.Name} may not add such a record to '{table.Schema.Name}'. Change its values or ask an administrator.");
        }

        switch (await RecordSaver.CreateAsync(table, values, call.By, call.Cancelled))
        {
            case SaveResult.Created created:
                call.Http.Response.Headers.Location = call.Http.Request.PathBase + Links.Api(table.Schema, created.Key);
                await AnswerStoredAsync(call, table, StatusCodes.Status201Created, created.Stored);
                break;
            case SaveResult.Rejected rejected:
                throw ApiProblemException.Refused(rejected.Errors);
            case SaveResult.Failed failed:
                throw failed.Cause;
            default:
                throw new ApiProblemException(StatusCodes.Status409Conflict, "The record was not stored, because one of this key is there already. Choose another key.");
        }
    }

    public static async Task DeleteAsync(ApiCall call)
    {
        var table = call.Table();
        var guard = await GuardAsync(call, table, TableAction.Delete);
        await call.RequireFreeAsync(table, call.Key(table.Schema), null);
        switch (await table.WriteAsync(new Write.Delete(call.Key(table.Schema), guard, call.By), call.Cancelled))
        {
            case WriteResult.Written:
                call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case WriteResult.Rejected rejected:
                throw ApiProblemException.Refused(rejected.Errors);
            case WriteResult.Conflicted:
                throw ApiProblemException.Changed();
            default:
                throw ApiCall.NoRecord(table.Schema);
        }
    }

    /// <summary>The guard that If-Match or a decision for only some records asks for. Without either, nothing is read first.</summary>
    public static async Task<Guard> GuardAsync(ApiCall call, ITable table, TableAction action)
    {
        var guarded = RecordTags.IsGuarded(call.Http.Request);
        if (!guarded && call.Require(table.Schema, action) is Querying.Filter.AllFilter)
        {
            return Guard.None;
        }

        var record = await call.RecordAsync(table, action);
        // Where only some records may be written, this one must still be among them when it is.
        return guarded && RecordTags.IsOutdated(call.Http.Request, record) ? throw ApiProblemException.Changed() : RecordTags.GuardOf(record);
    }
}
