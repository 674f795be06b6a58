using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Addresses;

namespace Tandem.Web.Rest;

/// <summary>Adding and deleting records.</summary>
internal static partial class RecordsApi
{
    public static async Task CreateAsync(ApiCall call)
    {
        var table = call.Table();
        call.Require(table.Schema, TableAction.Add);
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        var values = JsonBody.ReadPatch(table.AddingSchema, body.RootElement);
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
                throw await call.NotWrittenAsync(table, TableAction.Delete);
        }
    }

    /// <summary>The guard that If-Match asks for. Without it nothing is read first: the write itself asks for what the user may do.</summary>
    public static async Task<Guard> GuardAsync(ApiCall call, PermittedTable table, TableAction action)
    {
        call.Require(table.Schema, action);
        if (!RecordTags.IsGuarded(call.Http.Request))
        {
            return Guard.None;
        }

        var record = await call.RecordAsync(table, action);
        return RecordTags.IsOutdated(call.Http.Request, record) ? throw ApiProblemException.Changed() : RecordTags.GuardOf(record);
    }
}
