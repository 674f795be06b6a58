using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tandem.Web.Rest;

/// <summary>Half of a surrogate pair in an escape is valid JSON and no text: whoever reads such a name or value fails. So a body is looked through before anything reads it.</summary>
internal static class WholeText
{
    /// <exception cref="ApiProblemException">A name or a text is not valid Unicode.</exception>
    public static void Require(JsonElement body)
    {
        // Without an escape every text is whole: the parser has seen to that.
        if (JsonMarshal.GetRawUtf8Value(body).IndexOf("\\u"u8) >= 0)
        {
            try
            {
                Read(body);
            }
            catch (InvalidOperationException)
            {
                throw ApiProblemException.BadRequest("A text in the body is not valid Unicode. Send surrogate pairs whole.");
            }
        }
    }

    private static void Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Read(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    Read(property.Value);
                }

                break;
        }
    }
}
