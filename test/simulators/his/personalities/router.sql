-- One procedure for everything. What it is asked for it hands to a program of the server's machine, which answers one document as text.
IF OBJECT_ID('dbo.usp_gateway', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_gateway
GO
CREATE PROCEDURE dbo.usp_gateway
  @method varchar(40),
  @request varchar(8000)
AS
BEGIN
  SET NOCOUNT ON
  EXEC xp_gateway @method, @request
END
GO
IF OBJECT_ID('dbo.usp_gateway_out', 'P') IS NOT NULL DROP PROCEDURE dbo.usp_gateway_out
GO
-- The same with the document in an OUT parameter, and the outcome of the gateway itself beside it: 0 carried out, -1 not.
CREATE PROCEDURE dbo.usp_gateway_out
  @request nvarchar(4000),
  @platform varchar(20),
  @method varchar(40),
  @response nvarchar(max) OUTPUT,
  @ret int OUTPUT,
  @msg nvarchar(200) OUTPUT
AS
BEGIN
  SET NOCOUNT ON
  DECLARE @given varchar(8000)
  CREATE TABLE #answer (document nvarchar(max) NOT NULL)
  SET @given = @request
  INSERT INTO #answer (document) EXEC xp_gateway @method, @given
  SELECT @response = document, @ret = 0, @msg = N'' FROM #answer
END
GO
