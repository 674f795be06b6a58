using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Records;
using Tandem.Web.Rights;

namespace Tandem.Web.Rest.Access;

/// <summary><c>GET /api/explain</c>: administrators ask about anybody, everybody about themselves.</summary>
internal sealed class ExplainApi(Explaining explaining)
{
    public async Task AnswerAsync(ApiCall call)
    {
        var user = GrantsApi.Given(call, "user") ?? call.User.Name;
        if (user != call.User.Name)
        {
            call.Require(null, TableAction.Administer);
        }

        var question = new RightsQuestion(user, GrantsApi.Given(call, "table") ?? "", GrantsApi.Given(call, "action") ?? "view", GrantsApi.Given(call, "key"), GrantsApi.Given(call, "field"));
        // Who asks about themselves hears no more of what they may not see than that there is nothing of that name.
        var administers = call.App.Access.Decide(call.User, null, TableAction.Administer).IsAllowed;
        if (question.Table.Length > 0 && !administers
            && (call.Database.Look(question.Table) is not { } table
                || (question.Field is { } field && table.Schema.Find(field) is null)
                || (question.Key is { } text && !(RecordKey.TryParse(table.Schema, text, out var key) && await table.GetAsync(key, call.Cancelled) is not null))))
        {
            throw ApiProblemException.NotFound("There is no such table, record or field for you, or you may not look at it.");
        }

        var (explanation, fault) = await explaining.AnswerAsync(question, call.User, call.Cancelled);
        if (explanation is null)
        {
            throw ApiProblemException.Refused([fault!]);
        }

        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("allowed", explanation.IsAllowed);
            // The words of grants tell of values and fields that whoever asks may not see.
            writer.WriteString("reason", administers ? explanation.Reason : explanation.Grant is null ? "Your role, a policy or a grant decides." : "A grant decides. An administrator can say which.");
            writer.WriteString("grant", explanation.Grant?.Id);
            writer.WriteStartArray("considered");
            foreach (var step in administers ? explanation.Considered : [])
            {
                writer.WriteStringValue(step);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
